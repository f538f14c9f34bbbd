import { create } from 'zustand'

type Wanted = { nodeId: string; pointer: string }
type Focus = { wanted: Wanted | null; ask: (nodeId: string, pointer: string) => void; done: () => void }

/** The field that somebody asked to be led to; the panel of its node goes there once it is drawn. */
export const useFieldFocus = create<Focus>()(set => ({
  wanted: null,
  ask: (nodeId, pointer) => set({ wanted: { nodeId, pointer } }),
  done: () => set({ wanted: null }),
}))

const INPUTS = 'input:not([type=hidden]), textarea, select, [contenteditable="true"]'

/** Set the focus into the field of a place, or into the one around it. */
export function focusField(panel: HTMLElement, pointer: string): boolean {
  for (let place = pointer; place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
    const found = panel.querySelectorAll<HTMLElement>(`[data-path="${CSS.escape(place)}"]`)
    const field = [...found].at(-1)
    if (!field) continue
    if (field.querySelector('[data-language]') && !field.querySelector('[contenteditable]')) return false
    field.scrollIntoView({ block: 'center' })
    const input = field.matches(INPUTS) ? field : field.querySelector<HTMLElement>(`${INPUTS}, button`)
    input?.focus({ preventScroll: true })
    // An editor of code goes to the place within its text.
    input?.dispatchEvent(new Event('led'))
    return input !== null
  }
  return false
}
