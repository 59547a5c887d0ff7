/** What lies beneath the trend's line, straight on uPlot's canvas: the strip below the scale, and a hatched band for every gap. */
import type uPlot from 'uplot';
import { bandsOf } from './trend-bands.ts';
import type { Palette } from './trend-palette.ts';
import type { TrendPoint } from './trend-points.ts';

/** CSS pixels. Below the scale, for gaps that counted less than it shows: a mark, and the number under it. */
export const STRIP = 38;

export function drawStrip({ ctx, bbox }: uPlot, word: string, palette: Palette): void {
  const top = bbox.top + bbox.height - STRIP * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = palette.strip;
  ctx.fillRect(bbox.left, top, bbox.width, STRIP * devicePixelRatio);
  ctx.fillStyle = palette.quiet;
  ctx.font = fontOf(palette);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText(word, bbox.left - 8 * devicePixelRatio, top + (STRIP / 2) * devicePixelRatio);
  ctx.restore();
}

export const fontOf = ({ font }: Palette) => `${11 * devicePixelRatio}px ${font}`;

export function drawBands(plot: uPlot, points: readonly TrendPoint[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const hatch = ctx.createPattern(hatchTile(palette.gap, devicePixelRatio), 'repeat');
  if (hatch === null) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { left, right } of bandsOf(points, (at) => plot.valToPos(at, 'x', true), devicePixelRatio)) {
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = palette.gap;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 0.55;
    ctx.fillStyle = hatch;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Diagonal lines that go on from tile to tile. */
function hatchTile(colour: string, scale: number): HTMLCanvasElement {
  const size = Math.max(4, Math.round(6 * scale));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const ctx = tile.getContext('2d');
  if (ctx === null) return tile;
  ctx.strokeStyle = colour;
  ctx.lineWidth = scale;
  for (const shift of [-size, 0, size]) {
    ctx.moveTo(shift, size);
    ctx.lineTo(shift + size, 0);
  }
  ctx.stroke();
  return tile;
}
