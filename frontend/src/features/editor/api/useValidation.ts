import { useEffect } from 'react'
import { type VerdictOut, validateGraph, validatePipeline } from '@/api/generated'
import { useAccount } from '@/session/useAccount'
import { toBody } from '../model/drawing'
import { meansTheSame } from '../model/meaning'
import { useEditor } from '../store/editor'

const AFTER = 400

/**
 * Ask the service about the drawing a moment after each change of what it means; an older answer is dropped.
 * For a viewer, who may not ask that, it judges what is saved.
 */
export function useValidation(pipelineId: string | undefined): void {
  const role = useAccount()?.role
  useEffect(() => {
    if (!role) return
    let asking = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      clearTimeout(timer)
      asking.abort()
      asking = new AbortController()
      timer = setTimeout(() => judge(pipelineId, role === 'viewer', asking.signal), AFTER)
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
  }, [pipelineId, role])
}

async function judge(pipelineId: string | undefined, isViewer: boolean, signal: AbortSignal): Promise<void> {
  try {
    const ask = isViewer ? savedVerdict : drawnVerdict
    const verdict = await ask(pipelineId, signal)
    if (verdict && !signal.aborted) useEditor.getState().judge(verdict)
  } catch {
    // The last verdict stays; saving says what is wrong with the connection.
  }
}

async function drawnVerdict(pipelineId: string | undefined, signal: AbortSignal): Promise<VerdictOut> {
  const body = toBody(useEditor.getState())
  return (await validateGraph({ body, query: { pipeline_id: pipelineId }, signal })).data
}

async function savedVerdict(pipelineId: string | undefined, signal: AbortSignal): Promise<VerdictOut | null> {
  return pipelineId ? (await validatePipeline({ path: { pipeline_id: pipelineId }, signal })).data : null
}
