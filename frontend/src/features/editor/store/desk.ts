import { create } from 'zustand'

export type DockTab = 'preview' | 'run' | 'history' | 'lineage'
export type MenuPlace = { x: number; y: number; nodeId: string | null }
/** With an input: what could feed it, instead of what could come after the step. */
export type SuggestPlace = MenuPlace & { handle?: string }
type Part = 'problems' | 'search' | 'shortcuts' | 'settings' | 'optimize' | 'palette' | 'describe'

type Desk = {
  /** What the panel under the canvas shows; null while it is shut. */
  dock: DockTab | null
  open: Partial<Record<Part, boolean>>
  menu: MenuPlace | null
  /** Where somebody asked what could come next. */
  suggesting: SuggestPlace | null
  /** The step that is being connected by keyboard. */
  connecting: string | null
  /** Whether what was opened is readable beside the palette. */
  hasRoom: boolean
  showDock: (dock: DockTab | null) => void
  toggle: (part: Part, isOpen: boolean) => void
  showMenu: (menu: MenuPlace | null) => void
  suggestAt: (place: SuggestPlace | null) => void
  connectFrom: (nodeId: string | null) => void
}

/** What stands open around the canvas. */
export const useDesk = create<Desk>()((set, get) => ({
  dock: null,
  open: {},
  menu: null,
  suggesting: null,
  connecting: null,
  hasRoom: true,
  showDock: dock => set({ dock }),
  toggle: (part, isOpen) => set({ open: { ...get().open, [part]: isOpen } }),
  showMenu: menu => set({ menu }),
  suggestAt: suggesting => set({ suggesting }),
  connectFrom: connecting => set({ connecting }),
}))
