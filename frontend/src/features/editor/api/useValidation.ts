import { useEffect } from 'react'
import { validateGraph } from '@/api/generated'
import { toBody } from '../model/drawing'
import { meansTheSame } from '../model/meaning'
import { useEditor } from '../store/editor'

const AFTER = 400

/** Ask the service about the drawing a moment after each change of what it means; an older answer is dropped. */
export function useValidation(pipelineId: string | undefined): void {
  useEffect(() => {
    let asking = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      clearTimeout(timer)
      asking.abort()
      asking = new AbortController()
      timer = setTimeout(() => judge(pipelineId, asking.signal), AFTER)
    }
    ask()
    const stop = useEditor.subscribe((state, before) => {
      if (!meansTheSame(state, before)) ask()
    })
    return () => {
      stop()
      clearTimeout(timer)
      asking.abort()
    }
  }, [pipelineId])
}

async function judge(pipelineId: string | undefined, signal: AbortSignal): Promise<void> {
  const body = toBody(useEditor.getState())
  try {
    const { data } = await validateGraph({ body, query: { pipeline_id: pipelineId }, signal })
    if (!signal.aborted) useEditor.getState().judge(data)
  } catch {
    // The last verdict stays; saving says what is wrong with the connection.
  }
}
