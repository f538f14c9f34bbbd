import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Redo2, Save, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { createPipeline, type PipelineOut, updatePipeline } from '@/api/generated'
import { getPipelineQueryKey, listPipelinesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { hasStatus, messageOf } from '@/api/problem'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { useModules } from './api/modules'
import { type Newer, newerThan } from './api/theirs'
import classes from './EditorPage.module.css'
import { MergeDialog } from './MergeDialog'
import { toGraph } from './model/drawing'
import { ProblemList } from './ProblemList'
import { redo, undo, useEditor } from './store/editor'

const text = strings.editor

type Props = { pipelineId?: string }

/** Name, history, verdict, save. */
export function Toolbar({ pipelineId }: Props) {
  const settings = useEditor(state => state.settings)
  const set = useEditor(state => state.set)
  const [newer, setNewer] = useState<Newer | null>(null)
  const save = useSave({ pipelineId, onOutdated: setNewer })
  // Also within a field, where the browser would save the page.
  useHotkeys([['mod+S', () => !save.isPending && save.mutate()]], [])
  return (
    <header className={classes.toolbar}>
      <TextInput
        className={classes.name}
        placeholder={text.newName}
        aria-label={text.name}
        value={settings.name}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <Tooltip label={text.undo}>
        <ActionIcon variant="subtle" color="gray" onClick={undo} aria-label={text.undo}>
          <Undo2 size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={text.redo}>
        <ActionIcon variant="subtle" color="gray" onClick={redo} aria-label={text.redo}>
          <Redo2 size={18} />
        </ActionIcon>
      </Tooltip>
      <ProblemList />
      <Button leftSection={<Save size={16} />} loading={save.isPending} onClick={() => save.mutate()}>
        {strings.actions.save}
      </Button>
      {newer && <MergeDialog newer={newer} onClose={() => setNewer(null)} onSave={() => save.mutate()} />}
    </header>
  )
}

function useSave({ pipelineId, onOutdated }: Props & { onOutdated: (newer: Newer) => void }) {
  const modules = useModules()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: async (): Promise<PipelineOut> => {
      const { settings, nodes, edges, revision, wasSaved } = useEditor.getState()
      const graph = toGraph({ settings, nodes, edges })
      const body = { ...graph, name: graph.name.trim() || text.newName }
      const { data } = pipelineId
        ? await updatePipeline({ path: { pipeline_id: pipelineId }, body: { ...body, revision } })
        : await createPipeline({ body })
      wasSaved({ settings, nodes, edges }, data.revision)
      return data
    },
    meta: { quiet: true },
    onSuccess: saved => {
      toast.success(text.saved(saved.revision))
      queryClient.setQueryData(getPipelineQueryKey({ path: { pipeline_id: saved.id } }), saved)
      queryClient.invalidateQueries({ queryKey: listPipelinesQueryKey() })
      if (!pipelineId) navigate(`/pipelines/${saved.id}`, { replace: true })
    },
    onError: async error => {
      const { revision } = useEditor.getState()
      const isOutdated = hasStatus(error, 409) && error.code === 'revision-outdated'
      if (!isOutdated || !pipelineId || revision === null) {
        toast.error(messageOf(error))
        return
      }
      await newerThan(pipelineId, revision, modules).then(onOutdated, failure => toast.error(messageOf(failure)))
    },
  })
}
