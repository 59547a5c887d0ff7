/** Where the browser's half of the page comes from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAssets, writeAssets } from '../../src/page/assets.ts';
import { cleanUp, temporaryFolder } from '../cli/world.ts';

afterEach(cleanUp);

test('the browser’s half of an installed package is that of a checkout, and brings the licence of what it contains', async () => {
  const folder = temporaryFolder();
  await writeAssets(folder);
  const { script, style } = await loadAssets();
  expect(readFileSync(join(folder, 'page.js'), 'utf8')).toBe(script);
  expect(readFileSync(join(folder, 'page.css'), 'utf8')).toBe(style);
  expect(script).toMatch(/^\/\*! This page contains uPlot\.\nThe MIT License/);
  expect(script).toContain('Permission is hereby granted, free of charge');
});
