import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Ban, Play } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { ExecutionOut } from '@/api/generated'
import { cancelExecutionMutation, executePipelineMutation } from '@/api/generated/@tanstack/react-query.gen'
import { Confirm } from '@/components/Confirm'
import { isOver } from '@/live/state'
import { strings } from '@/strings'

const text = strings.executions

/** Cancel a run that goes on, or run the pipeline again. */
export function ExecutionActions({ execution, onChanged }: { execution: ExecutionOut; onChanged: () => void }) {
  const navigate = useNavigate()
  const [isAsking, setAsking] = useState(false)
  const cancel = useMutation({
    ...cancelExecutionMutation(),
    onSuccess: onChanged,
    onSettled: () => setAsking(false),
  })
  const again = useMutation({
    ...executePipelineMutation(),
    onSuccess: ({ id }) => navigate(`/executions/${id}`),
  })
  if (isOver(execution.status)) {
    return (
      <Button
        leftSection={<Play size={16} aria-hidden />}
        title={text.againHint}
        loading={again.isPending}
        onClick={() =>
          again.mutate({ path: { pipeline_id: execution.pipeline_id }, body: { params: execution.params } })
        }
      >
        {text.again}
      </Button>
    )
  }
  const isCancelling = execution.cancel_requested_at !== null
  return (
    <>
      <Button
        color="red"
        variant="light"
        leftSection={<Ban size={16} aria-hidden />}
        disabled={isCancelling}
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
