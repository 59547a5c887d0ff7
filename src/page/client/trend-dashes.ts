/** How the trend of a region goes on, straight on uPlot's canvas. */
import type uPlot from 'uplot';
import { number } from '../../answers/words.ts';
import type { Ahead } from './trend-ahead.ts';
import { fontOf } from './trend-ground.ts';
import type { Palette } from './trend-palette.ts';

/** Dashes where the line would go on, over the range that it lies in with 95 % certainty; and the quota, where it is reached. */
export function drawAhead(plot: uPlot, { from, to, ends, limit }: Ahead, palette: Palette): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const x = (at: number) => plot.valToPos(at, 'x', true);
  const y = (value: number) => plot.valToPos(value, 'y', true);
  const top = limit === null ? bbox.top : y(limit);
  ctx.save();
  if (limit !== null) drawLimit(plot, limit, palette);
  ctx.beginPath();
  ctx.rect(bbox.left, top, bbox.width, bbox.top + bbox.height - top);
  ctx.clip();
  ctx.fillStyle = palette.line;
  ctx.globalAlpha = 0.16;
  ctx.beginPath();
  ctx.moveTo(x(from.at), y(from.value));
  ctx.lineTo(x(to), y(ends.low));
  ctx.lineTo(x(to), y(ends.high));
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = palette.line;
  ctx.lineWidth = 2 * unit;
  ctx.setLineDash([5 * unit, 4 * unit]);
  ctx.beginPath();
  ctx.moveTo(x(from.at), y(from.value));
  ctx.lineTo(x(to), y(ends.likely));
  ctx.stroke();
  ctx.restore();
}

function drawLimit(plot: uPlot, limit: number, palette: Palette): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const y = plot.valToPos(limit, 'y', true);
  ctx.strokeStyle = palette.gap;
  ctx.lineWidth = 1.5 * unit;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.fillStyle = palette.gap;
  ctx.font = fontOf(palette);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillText(`quota ${number(limit)}`, bbox.left + 6 * unit, y + 4 * unit);
}
