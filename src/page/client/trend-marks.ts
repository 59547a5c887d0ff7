/**
 * What the trend draws besides the line, straight on uPlot's canvas: a hatched band and a diamond for every gap, a dotted
 * line for a run without a total, and where the chosen run is. Shape and words say what a colour says.
 */
import type uPlot from 'uplot';
import type { TrendPoint } from './trend-points.ts';

export type Palette = { line: string; gap: string; quiet: string; chosen: string; ground: string };

/** CSS pixels. */
const LANE = 9;
const DIAMOND = 4.5;
const BAND_LEAST = 2;

type Place = { left: number; right: number; middle: number };

/** Beneath the line: the bands. */
export function drawBands(plot: uPlot, points: readonly TrendPoint[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const hatch = ctx.createPattern(hatchTile(palette.gap, scale), 'repeat');
  if (hatch === null) return;
  ctx.save();
  clip(plot);
  let drawnTo = Number.NEGATIVE_INFINITY;
  points.forEach(({ kind }, index) => {
    if (kind !== 'gap') return;
    const place = placeOf(plot, points, index);
    const width = Math.max(place.right - place.left, BAND_LEAST * scale);
    // Bands of neighbours meet without overlap, so that the hatching stays even.
    const left = Math.max(place.middle - width / 2, drawnTo);
    const right = place.middle + width / 2;
    if (right <= left) return;
    drawnTo = right;
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = palette.gap;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 0.55;
    ctx.fillStyle = hatch;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  });
  ctx.restore();
}

/** Above the line: diamonds, dotted lines, and the chosen run. */
export function drawMarks(plot: uPlot, points: readonly TrendPoint[], chosen: number, palette: Palette): void {
  plot.ctx.save();
  clip(plot);
  drawChosen(plot, points[chosen], palette);
  drawPartialLine(plot, points, palette);
  let lastX = Number.NEGATIVE_INFINITY;
  points.forEach((point, index) => {
    if (point.kind === 'known') return;
    const x = plot.valToPos(point.at, 'x', true);
    if (point.kind === 'open') drawOpen(plot, x, palette);
    // Where there is no room for each, marks stand for those beside them; the bands are all there.
    else if (x - lastX >= (2 * DIAMOND + 2) * devicePixelRatio) {
      drawGapMark(plot, x, heightOf(plot, points, index), palette);
      lastX = x;
    }
  });
  plot.ctx.restore();
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

/** Half of the way to the neighbours on either side. */
function placeOf(plot: uPlot, points: readonly TrendPoint[], index: number): Place {
  const x = (at: number | undefined) => (at === undefined ? undefined : plot.valToPos(at, 'x', true));
  const middle = x(points[index]?.at) ?? 0;
  const before = x(points[index - 1]?.at);
  const after = x(points[index + 1]?.at);
  const half =
    Math.min(middle - (before ?? Number.NEGATIVE_INFINITY), (after ?? Number.POSITIVE_INFINITY) - middle) / 2;
  const reach = Number.isFinite(half) ? half : 12 * devicePixelRatio;
  return { left: middle - reach, right: middle + reach, middle };
}

/**
 * The y of what a gap counted all the same. `null` where that is not known or off the scale, and for a gap that stands
 * alone: beside complete numbers its own would look like streams that were deleted.
 */
function heightOf(plot: uPlot, points: readonly TrendPoint[], index: number): number | null {
  const streams = points[index]?.streams ?? null;
  if (streams === null || !(areAlike(points, index - 1) || areAlike(points, index))) return null;
  const { bbox } = plot;
  const y = plot.valToPos(streams, 'y', true);
  return y > bbox.top && y < bbox.top + bbox.height - 2 * LANE * devicePixelRatio ? y : null;
}

/** Whether this gap and the next miss the same regions: then they cover the same, and can be compared. */
function areAlike(points: readonly TrendPoint[], index: number): boolean {
  const [one, next] = [points[index], points[index + 1]];
  return one?.kind === 'gap' && next?.kind === 'gap' && one.misses === next.misses;
}

/** At its height where that is on the scale, else in the lane at the bottom. */
function drawGapMark({ ctx, bbox }: uPlot, x: number, height: number | null, palette: Palette): void {
  const y = height ?? bbox.top + bbox.height - LANE * devicePixelRatio;
  const reach = DIAMOND * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, y - reach);
  ctx.lineTo(x + reach, y);
  ctx.lineTo(x, y + reach);
  ctx.lineTo(x - reach, y);
  ctx.closePath();
  ctx.fillStyle = palette.ground;
  ctx.fill();
  ctx.strokeStyle = palette.gap;
  ctx.lineWidth = 1.6 * devicePixelRatio;
  ctx.stroke();
}

function drawPartialLine(plot: uPlot, points: readonly TrendPoint[], palette: Palette): void {
  const { ctx } = plot;
  ctx.strokeStyle = palette.gap;
  ctx.lineWidth = 1.2 * devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  points.forEach(({ at }, index) => {
    const next = points[index + 1];
    if (next === undefined || !areAlike(points, index)) return;
    const y = heightOf(plot, points, index);
    const yNext = heightOf(plot, points, index + 1);
    if (y === null || yNext === null) return;
    ctx.moveTo(plot.valToPos(at, 'x', true), y);
    ctx.lineTo(plot.valToPos(next.at, 'x', true), yNext);
  });
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawOpen({ ctx, bbox }: uPlot, x: number, palette: Palette): void {
  ctx.strokeStyle = palette.quiet;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([1 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawChosen(plot: uPlot, point: TrendPoint | undefined, palette: Palette): void {
  if (point === undefined) return;
  const { ctx, bbox } = plot;
  const x = plot.valToPos(point.at, 'x', true);
  ctx.strokeStyle = palette.chosen;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  if (point.kind !== 'known' || point.streams === null) return;
  ctx.beginPath();
  ctx.arc(x, plot.valToPos(point.streams, 'y', true), 4.5 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fillStyle = palette.line;
  ctx.fill();
  ctx.strokeStyle = palette.ground;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.stroke();
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
