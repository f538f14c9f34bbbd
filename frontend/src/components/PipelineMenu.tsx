import { Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Activity, Bell, Calendar, Copy, Download, History, Play, Trash2, Webhook } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import type { PipelineOut } from '@/api/generated'
import {
  deletePipelineMutation,
  duplicatePipelineMutation,
  executePipelineMutation,
  listPipelinesQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { ActionsMenu } from './ActionsMenu'
import { Confirm } from './Confirm'
import { download } from './pipelineFile'
import { toast } from './toast'

const text = strings.pipelines
const ICON = { size: 16, 'aria-hidden': true } as const

type Props = {
  pipeline: { id: string; name: string }
  /** Where it can be started from here: whether it can. */
  canRun?: boolean
  onDuplicated?: (copy: PipelineOut) => void
  onDeleted?: () => void
}

/** What one can do with a pipeline as a whole. */
export function PipelineMenu({ pipeline, canRun, onDuplicated, onDeleted }: Props) {
  const { id, name } = pipeline
  const path = { pipeline_id: id }
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const refused = useRefused()
  const renewed = () => queryClient.invalidateQueries({ queryKey: listPipelinesQueryKey() })
  const run = useMutation({
    ...executePipelineMutation(),
    onSuccess: execution => navigate(`/executions/${execution.id}`),
  })
  const duplicate = useMutation({
    ...duplicatePipelineMutation(),
    onSuccess: copy => {
      toast.success(text.duplicated(copy.name))
      onDuplicated?.(copy)
      return renewed()
    },
  })
  const exporting = useMutation({ mutationFn: () => download(id, name) })
  const remove = useMutation({
    ...deletePipelineMutation(),
    onSuccess: () => {
      setAsking(false)
      toast.success(text.deleted(name))
      onDeleted?.()
      return renewed()
    },
  })
  return (
    <>
      <ActionsMenu label={text.actionsOf(name)} width={190}>
        {canRun !== undefined && (
          <Menu.Item
            leftSection={<Play {...ICON} />}
            disabled={!canRun || refused.disabled}
            title={refused.title ?? (canRun ? undefined : text.cannotRun)}
            onClick={() => run.mutate({ path, body: {} })}
          >
            {text.run}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Activity {...ICON} />} component={Link} to={`/executions?pipeline=${id}`}>
          {text.runs}
        </Menu.Item>
        <Menu.Item leftSection={<History {...ICON} />} component={Link} to={`/pipelines/${id}/versions`}>
          {text.versions}
        </Menu.Item>
        <Menu.Item leftSection={<Calendar {...ICON} />} component={Link} to={`/pipelines/${id}/schedule`}>
          {text.scheduleEditor}
        </Menu.Item>
        <Menu.Item leftSection={<Webhook {...ICON} />} component={Link} to={`/pipelines/${id}/webhooks`}>
          {text.webhooks}
        </Menu.Item>
        <Menu.Item leftSection={<Bell {...ICON} />} component={Link} to={`/pipelines/${id}/alerts`}>
          {text.alerts}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Copy {...ICON} />} {...refused} onClick={() => duplicate.mutate({ path })}>
          {text.duplicate}
        </Menu.Item>
        <Menu.Item leftSection={<Download {...ICON} />} onClick={() => exporting.mutate()}>
          {text.export}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<Trash2 {...ICON} />} {...refused} onClick={() => setAsking(true)}>
          {strings.actions.delete}
        </Menu.Item>
      </ActionsMenu>
      <Confirm
        isOpen={isAsking}
        title={text.deleteTitle(name)}
        action={strings.actions.delete}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate({ path })}
        onClose={() => setAsking(false)}
      >
        {text.deleteHint}
      </Confirm>
    </>
  )
}
