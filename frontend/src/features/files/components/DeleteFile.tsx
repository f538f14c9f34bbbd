import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FileOut } from '@/api/generated'
import { listFilesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { toApiError } from '@/api/problem'
import { addressOf } from '@/api/upload'
import { Confirm } from '@/components/Confirm'
import { authorizedFetch } from '@/session/authorizedFetch'
import { strings } from '@/strings'

const text = strings.files

/** Asks before a file goes, naming the pipelines that would miss it. */
export function DeleteFile({ file, onClose }: { file: FileOut; onClose: () => void }) {
  const queryClient = useQueryClient()
  const isUsed = file.used_by.length > 0
  const remove = useMutation({
    mutationFn: async () => {
      const response = await authorizedFetch(`${addressOf(file.path)}?force=${isUsed}`, { method: 'DELETE' })
      if (!response.ok) throw toApiError(await response.json().catch(() => null), response)
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listFilesQueryKey() }),
    onSettled: onClose,
  })
  return (
    <Confirm
      isOpen
      title={text.deleteTitle(file.name)}
      action={strings.actions.delete}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {isUsed && <p>{text.deleteUsed(file.used_by.map(({ name }) => name).join(', '))}</p>}
      {text.deleteHint}
    </Confirm>
  )
}
