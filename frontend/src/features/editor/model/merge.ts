import { isEqual } from './equality'
import type { Drawing } from './types'
import { drawingOf, keyOf, type Place, placeOf, type Units, unitsOf } from './units'

/** One place where two people changed the same thing; undefined stands for not there. */
export type Conflict = { key: string; place: Place; base: unknown; mine: unknown; theirs: unknown }
export type Change = { key: string; place: Place; before: unknown; after: unknown }
export type Choice = 'mine' | 'theirs'

type Choices = ReadonlyMap<string, Choice>
type Sides = Record<'was' | 'ours' | 'others', Units>

/** Join what two people made of one base. What only one changed is taken; the rest is a conflict, mine until chosen. */
export function merge(base: Drawing, mine: Drawing, theirs: Drawing, choices: Choices = new Map()) {
  const sides = { was: unitsOf(base), ours: unitsOf(mine), others: unitsOf(theirs) }
  const merged: Units = new Map()
  const conflicts = new Map<string, Conflict>()
  for (const key of keysOf(sides.ours, sides.others, sides.was)) {
    const found = conflictAt(key, sides)
    if (found && found.place[2] !== 'position') conflicts.set(key, found)
    const value = found ? chosen(found, choices) : onlyChange(key, sides)
    if (value !== undefined) merged.set(key, value)
  }
  for (const id of halfDeleted(sides)) settleDeletion(id, sides, merged, conflicts, choices)
  return { merged: drawingOf(merged), conflicts: [...conflicts.values()] }
}

/** What differs between two drawings, place by place; moving a node about is no difference. */
export function changes(before: Drawing, after: Drawing): Change[] {
  const [was, is] = [unitsOf(before), unitsOf(after)]
  return differing(was, is)
    .map(key => ({ key, place: placeOf(key), before: was.get(key), after: is.get(key) }))
    .filter(({ place }) => place[2] !== 'position' && !isToldWithNode(place, was, is))
}

/** Whether two drawings would be saved as the same. */
export function isSame(one: Drawing, other: Drawing): boolean {
  return differing(unitsOf(one), unitsOf(other)).length === 0
}

function conflictAt(key: string, { was, ours, others }: Sides): Conflict | null {
  const [base, mine, theirs] = [was.get(key), ours.get(key), others.get(key)]
  if (isEqual(mine, base) || isEqual(theirs, base) || isEqual(mine, theirs)) return null
  return { key, place: placeOf(key), base, mine, theirs }
}

function onlyChange(key: string, { was, ours, others }: Sides): unknown {
  return isEqual(ours.get(key), was.get(key)) ? others.get(key) : ours.get(key)
}

function chosen(conflict: Conflict, choices: Choices): unknown {
  return choices.get(conflict.key) === 'theirs' ? conflict.theirs : conflict.mine
}

/** The nodes of the base that one side still has and the other has not. */
function halfDeleted({ was, ours, others }: Sides): string[] {
  return [...was.keys()]
    .filter(key => ours.has(key) !== others.has(key))
    .map(placeOf)
    .filter(place => place[0] === 'node' && place.length === 2)
    .map(place => place[1] ?? '')
}

/** A node that one deleted and the other changed: a conflict about the node, not a node without its parts. */
function settleDeletion(
  id: string,
  { was, ours, others }: Sides,
  merged: Units,
  conflicts: Map<string, Conflict>,
  choices: Choices,
): void {
  const key = keyOf('node', id)
  const kept = ours.has(key) ? ours : others
  drop(merged, id)
  if (!isChangedWithin(id, was, kept)) return
  drop(conflicts, id)
  conflicts.set(key, { key, place: placeOf(key), base: was.get(key), mine: ours.get(key), theirs: others.get(key) })
  const winner = choices.get(key) === 'theirs' ? others : ours
  for (const [part, value] of winner) if (isOf(id, part)) merged.set(part, value)
}

function isChangedWithin(id: string, was: Units, is: Units): boolean {
  return differing(was, is).some(key => isOf(id, key) && placeOf(key)[2] !== 'position')
}

function drop(of: Map<string, unknown>, id: string): void {
  for (const key of [...of.keys()]) if (isOf(id, key)) of.delete(key)
}

function isOf(id: string, key: string): boolean {
  const place = placeOf(key)
  return isAboutNode(place) && place[1] === id
}

function isAboutNode(place: Place): boolean {
  return place[0] === 'node' || place[0] === 'option'
}

/** The options of a node that is new or gone are told with the node. */
function isToldWithNode(place: Place, was: Units, is: Units): boolean {
  if (!isAboutNode(place) || place.length === 2) return false
  const whole = keyOf('node', place[1] ?? '')
  return was.has(whole) !== is.has(whole)
}

function differing(one: Units, other: Units): string[] {
  return [...keysOf(one, other)].filter(key => !isEqual(one.get(key), other.get(key)))
}

function keysOf(...all: Units[]): Set<string> {
  return new Set(all.flatMap(units => [...units.keys()]))
}
