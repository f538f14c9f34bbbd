import { create } from 'zustand'
import type { Trace } from '../model/lineage'

/** The column whose way is shown on the canvas; null while none is. */
export const useTrace = create<{ trace: Trace | null }>()(() => ({ trace: null }))
