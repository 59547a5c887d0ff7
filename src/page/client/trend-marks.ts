/**
 * What the trend draws above its line, straight on uPlot's canvas: for every gap a hollow mark at what was counted, and
 * dashes from there up to what is last known; a dotted line for a run without a total; where the plan changed; and where the
 * chosen run is. Shape and words say what a colour says.
 */
import type uPlot from 'uplot';
import { number } from '../../answers/words.ts';
import { fontOf, STRIP } from './trend-ground.ts';
import type { Palette } from './trend-palette.ts';
import type { TrendPoint } from './trend-points.ts';

/** CSS pixels. */
const RADIUS = 4.5;
/** In the strip: from its top to a mark, and to the number under it. */
const MARK_DOWN = 12;
const NUMBER_DOWN = 28;
/** From the plot's top up to what is written of a changed plan. */
const PLAN_ABOVE = 18;

type Drawing = { plot: uPlot; points: readonly TrendPoint[]; palette: Palette; hasStrip: boolean };

export function drawMarks(drawing: Drawing, chosen: number): void {
  const { plot, points } = drawing;
  const { ctx, bbox } = plot;
  drawPlanChanges(drawing);
  ctx.save();
  ctx.beginPath();
  // A mark at the edge is seen whole.
  const beyond = 2 * RADIUS * devicePixelRatio;
  ctx.rect(bbox.left - beyond, bbox.top, bbox.width + 2 * beyond, bbox.height);
  ctx.clip();
  drawChosen(drawing, points[chosen]);
  for (const { kind, at } of points) if (kind === 'open') drawOpen(drawing, plot.valToPos(at, 'x', true));
  drawPartialLine(drawing);
  const gaps = spacedOut(drawing, 2 * RADIUS + 2, points[chosen]);
  for (const gap of gaps) drawUpToLastKnown(drawing, gap);
  for (const gap of gaps) drawGapMark(drawing, gap, gap === points[chosen]);
  drawNumbers(drawing, gaps);
  ctx.restore();
}

/** Where there is no room for each, marks stand for those beside them; the bands are all there, and so is the chosen one. */
function spacedOut({ plot, points }: Drawing, least: number, chosen: TrendPoint | undefined): TrendPoint[] {
  let lastX = Number.NEGATIVE_INFINITY;
  return points.filter((point) => {
    if (point.kind !== 'gap') return false;
    const x = plot.valToPos(point.at, 'x', true);
    if (x - lastX < least * devicePixelRatio && point !== chosen) return false;
    lastX = x;
    return true;
  });
}

const stripTop = ({ bbox }: uPlot) => bbox.top + bbox.height - STRIP * devicePixelRatio;

/** The y of what a gap counted; `null` where that is nothing, or below the scale: then it stands in the strip. */
function heightOf({ plot, hasStrip }: Drawing, { streams }: TrendPoint): number | null {
  const y = streams === null ? Number.POSITIVE_INFINITY : plot.valToPos(streams, 'y', true);
  return hasStrip && y > stripTop(plot) ? null : y;
}

const markY = (drawing: Drawing, point: TrendPoint) =>
  heightOf(drawing, point) ?? stripTop(drawing.plot) + MARK_DOWN * devicePixelRatio;

/** With a small bar where they end. Between the strip and the scale the dashes are interrupted: so far it is not to scale. */
function drawUpToLastKnown(drawing: Drawing, point: TrendPoint): void {
  if (point.lastKnown === null) return;
  const { plot, palette } = drawing;
  const { ctx } = plot;
  const unit = devicePixelRatio;
  const x = plot.valToPos(point.at, 'x', true);
  const from = heightOf(drawing, point);
  const to = plot.valToPos(point.lastKnown, 'y', true);
  const low = from ?? stripTop(plot) - 4 * unit;
  ctx.strokeStyle = palette.gap;
  ctx.lineWidth = 1.4 * unit;
  ctx.beginPath();
  ctx.moveTo(x - 3.5 * unit, to);
  ctx.lineTo(x + 3.5 * unit, to);
  ctx.stroke();
  ctx.setLineDash([3 * unit, 3 * unit]);
  ctx.beginPath();
  ctx.moveTo(x, low);
  ctx.lineTo(x, to);
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawGapMark(drawing: Drawing, point: TrendPoint, isChosen: boolean): void {
  const { plot, palette } = drawing;
  const { ctx } = plot;
  ctx.beginPath();
  ctx.arc(
    plot.valToPos(point.at, 'x', true),
    markY(drawing, point),
    (isChosen ? RADIUS + 0.5 : RADIUS) * devicePixelRatio,
    0,
    2 * Math.PI,
  );
  ctx.fillStyle = palette.ground;
  ctx.fill();
  ctx.strokeStyle = palette.gap;
  ctx.lineWidth = (isChosen ? 2.6 : 1.7) * devicePixelRatio;
  ctx.stroke();
}

/** In the strip a place says nothing, so the number does; where two would touch, the earlier one is written. */
function drawNumbers(drawing: Drawing, gaps: readonly TrendPoint[]): void {
  const { plot, palette, hasStrip } = drawing;
  if (!hasStrip) return;
  const { ctx, bbox } = plot;
  ctx.fillStyle = palette.gap;
  ctx.font = fontOf(palette);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  let writtenTo = Number.NEGATIVE_INFINITY;
  for (const point of gaps) {
    if (point.streams === null || heightOf(drawing, point) !== null) continue;
    const text = number(point.streams);
    const half = ctx.measureText(text).width / 2;
    const [least, most] = [bbox.left + half, bbox.left + bbox.width - half];
    const x = Math.min(Math.max(plot.valToPos(point.at, 'x', true), least), most);
    if (x - half < writtenTo) continue;
    ctx.fillText(text, x, stripTop(plot) + NUMBER_DOWN * devicePixelRatio);
    writtenTo = x + half + 6 * devicePixelRatio;
  }
}

/** Gaps in a row that miss the same cover the same: their numbers can be compared, and are joined. */
function drawPartialLine(drawing: Drawing): void {
  const { plot, points, palette } = drawing;
  const { ctx } = plot;
  ctx.strokeStyle = palette.gap;
  ctx.lineWidth = 1.2 * devicePixelRatio;
  ctx.beginPath();
  points.forEach((point, index) => {
    const next = points[index + 1];
    if (point.kind !== 'gap' || next?.kind !== 'gap' || point.misses !== next.misses || next.replanned !== null) return;
    const [y, yNext] = [heightOf(drawing, point), heightOf(drawing, next)];
    if (y === null || yNext === null) return;
    ctx.moveTo(plot.valToPos(point.at, 'x', true), y);
    ctx.lineTo(plot.valToPos(next.at, 'x', true), yNext);
  });
  ctx.stroke();
}

function drawOpen({ plot: { ctx, bbox }, palette }: Drawing, x: number): void {
  ctx.strokeStyle = palette.quiet;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([1 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Between the two runs; above it how many regions or accounts were planned before and after, on whichever side there is room to write it. */
function drawPlanChanges({ plot, points, palette }: Drawing): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const changes = points.flatMap(({ at, replanned }, index) => {
    const before = points[index - 1];
    if (replanned === null || before === undefined) return [];
    const x = (plot.valToPos(before.at, 'x', true) + plot.valToPos(at, 'x', true)) / 2;
    const { from, to, of } = replanned;
    return [{ x, text: from === to ? `other ${of}` : `${number(from)} → ${number(to)} ${of}` }];
  });
  const top = bbox.top - PLAN_ABOVE * unit;
  ctx.save();
  ctx.fillStyle = palette.quiet;
  ctx.strokeStyle = palette.quiet;
  ctx.lineWidth = unit;
  ctx.font = fontOf(palette);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  let takenTo = bbox.left;
  changes.forEach(({ x, text }, index) => {
    ctx.setLineDash([7 * unit, 3 * unit, 2 * unit, 3 * unit]);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    const { width } = ctx.measureText(text);
    const right = x + 4 * unit;
    const left = x - 4 * unit - width;
    const free = changes[index + 1]?.x ?? bbox.left + bbox.width;
    const from = right + width <= free ? right : left >= takenTo ? left : null;
    takenTo = from === right ? right + width : x;
    if (from !== null) ctx.fillText(text, from, top);
  });
  ctx.restore();
}

function drawChosen({ plot, palette }: Drawing, point: TrendPoint | undefined): void {
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
