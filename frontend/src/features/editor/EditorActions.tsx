import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { toast } from '@/components/toast'
import { type LiveExecution, useLiveExecution } from '@/live/useLiveExecution'
import { useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'
import type { Newer } from './api/theirs'
import { isUnsaved } from './api/useDraft'
import { useSave } from './api/useSave'
import { MergeDialog } from './MergeDialog'
import { ParamsDialog } from './run/ParamsDialog'
import { useRunner } from './run/useRunner'
import { useShownRun } from './run/useRunViews'
import { useDesk } from './store/desk'
import { useEditor } from './store/editor'

type Actions = {
  pipelineId: string | undefined
  /** Why the person can neither save nor run; null where they can. */
  refusal: string | null
  save: (message?: string) => void
  isSaving: boolean
  /** Run everything, or one node and those before it; asks for parameters where there are some. */
  run: (untilNode?: string) => void
  isStarting: boolean
  /** Show an execution on the canvas; its id is in the address, so that a reload shows it again. */
  show: (executionId: string | null) => void
}

const ActionsContext = createContext<Actions | null>(null)
const LiveContext = createContext<LiveExecution | null>(null)

/** What can be done to the pipeline as a whole, from a button, a key or a node's menu alike. */
export function EditorActions({ pipelineId, children }: { pipelineId: string | undefined; children: ReactNode }) {
  const [search, setSearch] = useSearchParams()
  const live = useLiveExecution(search.get('run'))
  useShownRun(live)
  const [newer, setNewer] = useState<Newer | null>(null)
  const [asking, setAsking] = useState<{ untilNode: string | null } | null>(null)
  const { mutate, mutateAsync, isPending: isSaving } = useSave({ onOutdated: setNewer })
  const { mutate: start, isPending: isStarting } = useRunner({ save: () => mutateAsync(undefined) })

  const refusal = useRefusal()
  const save = useCallback(
    (message?: string) => {
      if (refusal) toast.info(refusal, { id: refusal })
      else mutate(message)
    },
    [mutate, refusal],
  )
  const run = useCallback(
    (untilNode?: string) => {
      if (refusal) return toast.info(refusal, { id: refusal })
      const wanted = { untilNode: untilNode ?? null }
      if (Object.keys(useEditor.getState().settings.default_params ?? {}).length > 0) setAsking(wanted)
      else start({ ...wanted, params: {} })
    },
    [start, refusal],
  )
  const show = useCallback(
    (executionId: string | null) => {
      setSearch(executionId ? { run: executionId } : {}, { replace: true })
      useDesk.getState().showDock(executionId ? 'run' : null)
    },
    [setSearch],
  )
  const actions = useMemo(
    () => ({ pipelineId, refusal, save, isSaving, run, isStarting, show }),
    [pipelineId, refusal, save, isSaving, run, isStarting, show],
  )
  return (
    <ActionsContext value={actions}>
      <LiveContext value={live}>{children}</LiveContext>
      {newer && <MergeDialog newer={newer} onClose={() => setNewer(null)} onSave={() => mutate(undefined)} />}
      {asking && (
        <ParamsDialog
          defaults={useEditor.getState().settings.default_params ?? {}}
          action={isUnsaved() ? strings.editor.run.saveAndRun : strings.editor.run.run}
          onRun={params => {
            setAsking(null)
            start({ ...asking, params })
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </ActionsContext>
  )
}

export function useActions(): Actions {
  const actions = use(ActionsContext)
  if (!actions) throw new Error('outside of EditorActions')
  return actions
}

/** The run that is shown, with its log; changes with each line of it. */
export function useShownExecution(): LiveExecution {
  const live = use(LiveContext)
  if (!live) throw new Error('outside of EditorActions')
  return live
}
