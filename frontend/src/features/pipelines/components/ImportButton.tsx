import { Button, FileButton } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { getPipelineQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { hasStatus, messageOf } from '@/api/problem'
import { Confirm } from '@/components/Confirm'
import { upload } from '@/components/pipelineFile'
import { toast } from '@/components/toast'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.pipelines

/** Make a pipeline of a file, or the next version of the one that has its name. */
export function ImportButton() {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [taken, setTaken] = useState<{ file: File; message: string } | null>(null)
  const refused = useRefused()
  const importing = useMutation({
    mutationFn: ({ file, mode }: { file: File; mode: 'create' | 'apply' }) => upload(file, mode),
    meta: { quiet: true },
    onSuccess: pipeline => {
      queryClient.setQueryData(getPipelineQueryKey({ path: { pipeline_id: pipeline.id } }), pipeline)
      return navigate(`/pipelines/${pipeline.id}`)
    },
    onError: (error, { file, mode }) => {
      if (mode === 'create' && hasStatus(error, 409)) setTaken({ file, message: messageOf(error) })
      else toast.error(messageOf(error), { title: file.name })
    },
  })
  return (
    <>
      <FileButton
        disabled={refused.disabled}
        accept=".yaml,.yml,.json,application/yaml,application/json"
        onChange={file => file && importing.mutate({ file, mode: 'create' })}
      >
        {props => (
          <Button
            {...props}
            {...refused}
            variant="default"
            leftSection={<Upload size={16} aria-hidden />}
            loading={importing.isPending}
          >
            {text.import}
          </Button>
        )}
      </FileButton>
      <Confirm
        isOpen={taken !== null}
        title={text.importTaken}
        action={text.importApply}
        color="indigo"
        isBusy={importing.isPending}
        onConfirm={() => {
          if (taken) importing.mutate({ file: taken.file, mode: 'apply' })
          setTaken(null)
        }}
        onClose={() => setTaken(null)}
      >
        {taken?.message} {text.importTakenHint}
      </Confirm>
    </>
  )
}
