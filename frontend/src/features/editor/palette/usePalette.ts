import { useLocalStorage } from '@mantine/hooks'
import { useCallback } from 'react'

/** Whether the palette is open beside the canvas; remembered in this browser. */
export function usePalette() {
  const [isOpen, setOpen] = useLocalStorage({
    key: 'logidata-palette',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const toggle = useCallback(() => setOpen(isOpen => !isOpen), [setOpen])
  const open = useCallback(() => setOpen(true), [setOpen])
  return { isOpen, toggle, open }
}
