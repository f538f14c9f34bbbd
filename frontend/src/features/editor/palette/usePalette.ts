import { useLocalStorage } from '@mantine/hooks'
import { useCallback } from 'react'
import { useDesk } from '../store/desk'

/**
 * Whether the palette is open beside the canvas; as somebody wants it, which is remembered in this browser, else wherever
 * the drawing is readable beside it.
 */
export function usePalette() {
  const hasRoom = useDesk(state => state.hasRoom)
  const [wanted, setOpen] = useLocalStorage<boolean | null>({
    key: 'logidata-palette',
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const isOpen = wanted ?? hasRoom
  const toggle = useCallback(() => setOpen(!isOpen), [setOpen, isOpen])
  const open = useCallback(() => setOpen(true), [setOpen])
  return { isOpen, toggle, open }
}
