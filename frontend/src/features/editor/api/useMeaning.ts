import { useEffect, useState } from 'react'
import { meansTheSame } from '../model/meaning'
import { useEditor } from '../store/editor'

/** A number that grows a moment after the drawing has come to mean something else; moving nodes about is no reason. */
export function useMeaning(after: number): number {
  const [number, setNumber] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = useEditor.subscribe((state, before) => {
      if (meansTheSame(state, before)) return
      clearTimeout(timer)
      timer = setTimeout(() => setNumber(known => known + 1), after)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [after])
  return number
}
