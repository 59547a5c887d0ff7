/** The description of one API as it was deployed. */
import { type Description, described } from './described.ts';

/** How it is closed: to whoever does not sign as IAM wants it, or who brings no token of this issuer (its URL). */
type ClosedBy = { by: 'iam' } | { by: 'jwt'; issuer: string };

/** With the one way in that there is. https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
export async function apiDescription(closed: ClosedBy): Promise<Description> {
  const whole = await described();
  const { [closed.by]: scheme = {} } = whole.components.securitySchemes;
  const own =
    closed.by === 'iam'
      ? scheme
      : {
          type: 'openIdConnect',
          openIdConnectUrl: `${closed.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
          ...('description' in scheme && { description: scheme.description }),
        };
  return {
    ...whole,
    security: [{ [closed.by]: [] }],
    components: { ...whole.components, securitySchemes: { [closed.by]: own } },
  };
}
