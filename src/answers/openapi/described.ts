/**
 * The description of the API, which is also the one of the documents. The file is generated (`npm run openapi`), and large:
 * it is loaded when somebody asks for it, so that a function that was not asked starts without it.
 */

export type Description = {
  security: readonly Readonly<Record<string, readonly string[]>>[];
  components: { securitySchemes: Readonly<Record<string, object>>; schemas: Readonly<Record<string, object>> };
};

export async function described(): Promise<Description> {
  return (await import('./openapi.json', { with: { type: 'json' } })).default;
}
