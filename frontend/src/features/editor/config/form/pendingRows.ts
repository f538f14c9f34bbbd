import { isEqual } from '../../model/equality'

/** A line of a mapping as it is typed: its name may be empty or taken, which an object cannot hold. */
export type Line = { key: string; value: unknown }

/** By node and place: what somebody typed that an object cannot hold, for when they come back to it. */
const pending = new Map<string, Line[]>()

export function linesOf(place: string, value: unknown): Line[] {
  const lines = pending.get(place)
  return lines && isEqual(mappingOf(lines), mapping(value))
    ? lines
    : Object.entries(mapping(value)).map(([key, each]) => ({ key, value: each }))
}

export function keepLines(place: string, lines: Line[]): void {
  pending.set(place, lines)
}

/** Lines as an object: of two of a name the first counts, and one without a name does not. */
export function mappingOf(lines: readonly Line[]): Record<string, unknown> {
  const counted = lines.filter(({ key }, position) => key !== '' && !isRepeated(lines, position))
  return Object.fromEntries(counted.map(({ key, value }) => [key, value]))
}

export function isRepeated(lines: readonly Line[], position: number): boolean {
  return lines.slice(0, position).some(each => each.key === lines[position]?.key && each.key !== '')
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
