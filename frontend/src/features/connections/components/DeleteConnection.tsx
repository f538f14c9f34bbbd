import { Anchor, Button, Group, List, Modal, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { ConnectionOut } from '@/api/generated'
import { deleteConnectionMutation, listConnectionsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Confirm } from '@/components/Confirm'
import { toast } from '@/components/toast'
import { strings } from '@/strings'

const text = strings.connections

/** Asks before a connection goes; one that is in use stays, and the pipelines are named. */
export function DeleteConnection({ connection, onClose }: { connection: ConnectionOut; onClose: () => void }) {
  const { connection_id, used_by } = connection
  const queryClient = useQueryClient()
  const remove = useMutation({
    ...deleteConnectionMutation(),
    onSuccess: () => toast.success(text.deleted(connection_id)),
    onSettled: () => {
      onClose()
      return queryClient.invalidateQueries({ queryKey: listConnectionsQueryKey() })
    },
  })
  if (used_by.length > 0)
    return (
      <Modal opened onClose={onClose} title={text.deleteTitle(connection_id)} centered>
        <Text size="sm">{text.inUse}</Text>
        <List size="sm" mt="xs">
          {used_by.map(({ pipeline_id, name }) => (
            <List.Item key={pipeline_id}>
              <Anchor component={Link} to={`/pipelines/${pipeline_id}`} size="sm">
                {name}
              </Anchor>
            </List.Item>
          ))}
        </List>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose} data-autofocus>
            {strings.actions.close}
          </Button>
        </Group>
      </Modal>
    )
  return (
    <Confirm
      isOpen
      title={text.deleteTitle(connection_id)}
      action={strings.actions.delete}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ path: { connection_id } })}
      onClose={onClose}
    >
      {text.deleteHint}
    </Confirm>
  )
}
