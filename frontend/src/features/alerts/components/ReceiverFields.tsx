import { Button, Card, Group, Select, Stack, TagsInput, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Send, Trash2 } from 'lucide-react'
import { listConnectionsOptions, testAlertMutation } from '@/api/generated/@tanstack/react-query.gen'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { CONNECTION_TYPES, type Receiver } from '../rules'

const text = strings.alerts

type Props = { receiver: Receiver; onChange: (receiver: Receiver) => void; onRemove: () => void }

/** One way to tell people, with a test of it. */
export function ReceiverFields({ receiver, onChange, onRemove }: Props) {
  const type = CONNECTION_TYPES[receiver.type]
  const connections = useQuery(listConnectionsOptions({ query: { type, limit: 200 } }))
  const ids = connections.data?.items.map(each => each.connection_id) ?? []
  const known = receiver.connection_id && !ids.includes(receiver.connection_id) ? [receiver.connection_id] : []
  const test = useMutation({
    ...testAlertMutation(),
    onSuccess: ({ ok, message }) => (ok ? toast.success(message) : toast.error(message)),
  })
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Text fw={600}>{text.types[receiver.type]}</Text>
        <Select
          label={text.connection}
          description={text.connectionHint}
          data={[...known, ...ids]}
          value={receiver.connection_id || null}
          onChange={id => onChange({ ...receiver, connection_id: id ?? '' })}
          searchable
          error={connections.data && ids.length === 0 ? text.noConnection(type) : undefined}
        />
        {receiver.type === 'email' && (
          <TagsInput
            label={text.to}
            description={text.toHint}
            value={receiver.to}
            onChange={to => onChange({ ...receiver, to })}
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<Send size={14} aria-hidden />}
            loading={test.isPending}
            disabled={receiver.connection_id === '' || (receiver.type === 'email' && receiver.to.length === 0)}
            onClick={() => test.mutate({ body: { receiver } })}
          >
            {text.test}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="red"
            leftSection={<Trash2 size={14} aria-hidden />}
            onClick={onRemove}
          >
            {text.remove}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
