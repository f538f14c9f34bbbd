import { Button, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Ban, Play, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { ExecutionOut } from '@/api/generated'
import {
  cancelExecutionMutation,
  executePipelineMutation,
  retryExecutionMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { Confirm } from '@/components/Confirm'
import { useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.executions

type Props = {
  execution: ExecutionOut
  /** The execution itself changed: it was cancelled, or its nodes run again. */
  onChanged: () => void
  onStarted: (executionId: string) => void
  size?: 'xs' | 'sm'
}

/** Cancel a run that goes on; of one that has ended, run again what failed, or everything. */
export function ExecutionActions({ execution, onChanged, onStarted, size = 'sm' }: Props) {
  // A cancelled run has ended once Airflow says so: before that nothing of it can run again.
  if (execution.completed_at === null) return <Cancel execution={execution} onChanged={onChanged} size={size} />
  return (
    <Group gap="xs">
      <Retry execution={execution} onChanged={onChanged} size={size} />
      <Again execution={execution} onStarted={onStarted} size={size} />
    </Group>
  )
}

function Cancel({ execution, onChanged, size }: Omit<Props, 'onStarted'>) {
  const [isAsking, setAsking] = useState(false)
  const cancel = useMutation({
    ...cancelExecutionMutation(),
    onSuccess: onChanged,
    onSettled: () => setAsking(false),
  })
  const refusal = useRefusal()
  const isCancelling = execution.cancel_requested_at !== null
  return (
    <>
      <Button
        size={size}
        color="red"
        variant="light"
        leftSection={<Ban size={16} aria-hidden />}
        disabled={isCancelling || refusal !== null}
        title={refusal ?? undefined}
        onClick={() => setAsking(true)}
      >
        {isCancelling ? text.cancelling : text.cancel}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={text.cancelTitle}
        action={text.cancel}
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate({ path: { execution_id: execution.id } })}
        onClose={() => setAsking(false)}
      >
        {text.cancelHint}
      </Confirm>
    </>
  )
}

function Retry({ execution, onChanged, size }: Omit<Props, 'onStarted'>) {
  const retry = useMutation({ ...retryExecutionMutation(), onSuccess: onChanged })
  const refusal = useRefusal()
  // One that never became a run has nothing that could be taken up again.
  if (execution.status === 'success' || execution.triggered_at === null) return null
  return (
    <Button
      size={size}
      variant="light"
      leftSection={<RotateCw size={16} aria-hidden />}
      title={refusal ?? text.retryHint}
      disabled={refusal !== null}
      loading={retry.isPending}
      onClick={() => retry.mutate({ path: { execution_id: execution.id } })}
    >
      {text.retry}
    </Button>
  )
}

function Again({ execution, onStarted, size }: Omit<Props, 'onChanged'>) {
  const again = useMutation({ ...executePipelineMutation(), onSuccess: ({ id }) => onStarted(id) })
  const refusal = useRefusal()
  const { pipeline_id, params, until_node } = execution
  return (
    <Button
      size={size}
      variant="default"
      leftSection={<Play size={16} aria-hidden />}
      title={refusal ?? text.againHint}
      disabled={refusal !== null}
      loading={again.isPending}
      onClick={() => again.mutate({ path: { pipeline_id }, body: { params, until_node } })}
    >
      {text.again}
    </Button>
  )
}
