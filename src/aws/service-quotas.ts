/** What Service Quotas knows of a quota, and what its errors mean. */
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import type { AskQuota } from '../census/ports.ts';
import type { QuotaAnswer, QuotaFailure } from '../census/quota.ts';
import { sendAndRead } from './as-it-came.ts';
import { failureOf } from './call-errors.ts';

/** @param clientOf gives the client of a region: each keeps the quotas of its own */
export function makeAskQuota(clientOf: (region: string) => ServiceQuotasClient): AskQuota {
  return async ({ service, code }, region, question, abortSignal) => {
    const input = { ServiceCode: service, QuotaCode: code };
    try {
      const client = clientOf(region);
      const command =
        question === 'applied' ? new GetServiceQuotaCommand(input) : new GetAWSDefaultServiceQuotaCommand(input);
      const { Quota } = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
      return read((Quota ?? {}) as Told, code);
    } catch (cause) {
      if ((cause as Error).name === 'NoSuchResourceException') return 'none';
      if (abortSignal.aborted) return { because: 'timed-out', cause };
      return { because: isDenial(cause) ? 'denied' : failureOf(cause), cause };
    }
  };
}

type Told = { Value?: unknown; QuotaCode?: unknown; ErrorReason?: { ErrorCode?: unknown } | undefined };

function read({ Value: value, QuotaCode, ErrorReason }: Told, code: string): QuotaAnswer {
  if (ErrorReason !== undefined) return { because: failureTold(ErrorReason.ErrorCode) };
  if (QuotaCode !== undefined && QuotaCode !== code) return { because: 'bad-answer' };
  return { value };
}

/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ErrorReason.html */
function failureTold(code: unknown): QuotaFailure {
  switch (code) {
    case 'DEPENDENCY_ACCESS_DENIED_ERROR':
      return 'denied';
    case 'DEPENDENCY_THROTTLING_ERROR':
      return 'throttled';
    case 'DEPENDENCY_SERVICE_ERROR':
    case 'SERVICE_QUOTA_NOT_AVAILABLE_ERROR':
      return 'unreachable';
    default:
      return 'bad-answer';
  }
}

/** One of its refusals has a name of its own. */
const isDenial = (error: unknown) => (error as Error).name === 'DependencyAccessDeniedException';
