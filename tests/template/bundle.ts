/**
 * A function's bundle, twice: what lies in the zip, and the same built again here with esbuild's list of what went in.
 * The packager cannot be asked for that list (it would pack it as well); but if both texts are equal, the list is true.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { unzipSync } from 'fflate';
import { type AnyFunction, packageDir, root } from './compiled.ts';

export type Zip = { bytes: number; files: Record<string, string> };
export type Built = { text: string; inputs: Metafile['outputs'][string]['inputs'] };

export async function readZip(name: AnyFunction): Promise<Zip> {
  const zip = await readFile(join(await packageDir(), `${name}.zip`));
  const files = Object.entries(unzipSync(zip)).map(([file, content]) => [file, new TextDecoder().decode(content)]);
  return { bytes: zip.length, files: Object.fromEntries(files) };
}

/** Only inputs that left something in the bundle: the rest was imported and shaken off. */
export async function rebuild(name: AnyFunction): Promise<Built> {
  const entry = `src/functions/${name}.ts`;
  const { outputFiles, metafile } = await build({
    ...(await optionsInServerlessYml()),
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const output = Object.entries(metafile.outputs).find(([file]) => file.endsWith('.cjs'))?.[1];
  const code = outputFiles.find(({ path }) => path.endsWith('.cjs'));
  if (!output || !code) throw new Error(`esbuild made no .cjs of ${entry}.`);
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { text: code.text, inputs: Object.fromEntries(inputs) };
}

/** As the framework resolved them; without those that are the plugin's own. */
export async function optionsInServerlessYml(): Promise<BuildOptions> {
  const state = await readFile(join(await packageDir(), 'serverless-state.json'), 'utf8');
  const { outputFileExtension, plugins, ...options } = JSON.parse(state).service.custom.esbuild;
  return {
    ...options,
    plugins: createRequire(import.meta.url)(join(root, plugins)),
    outExtension: { '.js': outputFileExtension },
  };
}

/** The package that a file under node_modules belongs to, as package-lock.json names it. */
export function packageOf(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}
