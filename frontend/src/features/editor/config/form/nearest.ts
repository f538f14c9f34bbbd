const ALIKE = 0.6

/** The known name most like a wrong one, when it is alike enough to be what was meant. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  const folded = wrong.slice(0, 60).toLowerCase()
  let best: { name: string; likeness: number } | undefined
  for (const name of known) {
    const other = name.toLowerCase()
    const longest = Math.max(folded.length, other.length)
    if (longest === 0 || Math.abs(folded.length - other.length) > longest * (1 - ALIKE)) continue
    const likeness = 1 - distance(folded, other) / longest
    if (likeness >= ALIKE && likeness > (best?.likeness ?? 0)) best = { name, likeness }
  }
  return best?.name
}

/** How many letters must be changed, added or left out to get from one to the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, position) => position)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
