/** The page as one HTML document: style, script and data stand inside it. */
import { runInWords } from '../answers/standing.ts';
import { kindOf } from '../census/census-id.ts';
import type { PageData } from './client/model.ts';
import { type Assets, contentSecurityPolicy } from './policy.ts';

/** A report brings its policy along; a server sends it as a header. */
export function pageHtml(data: PageData, assets: Assets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${data.form === 'report' ? `${policyOf(assets)}\n` : ''}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>kvs-census</title>
<link rel="icon" href="${ICON}">
<style>${assets.style}</style>
</head>
<body>
<noscript><p>${escapeHtml(inWords(data))} The rest of this page needs JavaScript.</p></noscript>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>${assets.script}</script>
</body>
</html>
`;
}

function policyOf(assets: Assets): string {
  return `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentSecurityPolicy(assets, []))}">`;
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0f766e"/><path d="M4 12V8M8 12V4M12 12v-2" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>',
)}`;

/** The essence, for whoever reads without scripts. */
function inWords(data: PageData): string {
  if (data.form === 'hosted') return 'The numbers are for whoever signs in.';
  const [kind, run] =
    data.form === 'live'
      ? [kindOf(data.censusId), data.newest?.latest?.run]
      : [data.report.kind, data.report.runs.find(({ verdict }) => verdict !== null)];
  if (run === undefined) return 'There is no total yet.';
  return runInWords(run, kind);
}

/** JSON that cannot end the element it stands in: names come from AWS and may hold anything. */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
