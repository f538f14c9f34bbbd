import { Button, Group, Popover, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FolderPlus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { listFilesQueryKey, makeFolderMutation } from '@/api/generated/@tanstack/react-query.gen'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.files

/** Make a folder in the one that is shown. */
export function NewFolder({ folder }: { folder: string }) {
  const queryClient = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const refused = useRefused()
  const make = useMutation({
    ...makeFolderMutation(),
    onSuccess: () => {
      setOpen(false)
      setName('')
      return queryClient.invalidateQueries({ queryKey: listFilesQueryKey() })
    },
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate({ body: { path: folder ? `${folder}/${name.trim()}` : name.trim() } })
  }

  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus shadow="md" position="bottom-end">
      <Popover.Target>
        <Button
          variant="default"
          {...refused}
          leftSection={<FolderPlus size={16} aria-hidden />}
          onClick={() => setOpen(open => !open)}
        >
          {text.newFolder}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Group gap="xs" align="flex-end">
            <TextInput
              label={text.folderName}
              required
              value={name}
              onChange={event => setName(event.currentTarget.value)}
            />
            <Button type="submit" loading={make.isPending}>
              {strings.actions.create}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
