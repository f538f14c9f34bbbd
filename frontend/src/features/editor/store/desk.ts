import { create } from 'zustand'

export type DockTab = 'preview' | 'run' | 'history'
export type MenuPlace = { x: number; y: number; nodeId: string | null }
type Part = 'problems' | 'search' | 'shortcuts' | 'settings' | 'optimize' | 'palette' | 'describe'

type Desk = {
  /** What the panel under the canvas shows; null while it is shut. */
  dock: DockTab | null
  open: Partial<Record<Part, boolean>>
  menu: MenuPlace | null
  /** Where somebody asked what could come next. */
  suggesting: MenuPlace | null
  showDock: (dock: DockTab | null) => void
  toggle: (part: Part, isOpen: boolean) => void
  showMenu: (menu: MenuPlace | null) => void
  suggestAt: (place: MenuPlace | null) => void
}

/** What stands open around the canvas. */
export const useDesk = create<Desk>()((set, get) => ({
  dock: null,
  open: {},
  menu: null,
  suggesting: null,
  showDock: dock => set({ dock }),
  toggle: (part, isOpen) => set({ open: { ...get().open, [part]: isOpen } }),
  showMenu: menu => set({ menu }),
  suggestAt: suggesting => set({ suggesting }),
}))
