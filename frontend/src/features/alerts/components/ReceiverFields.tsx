import { Anchor, Button, Card, Group, Select, Stack, TagsInput, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Send, Trash2 } from 'lucide-react'
import { Link } from 'react-router'
import { listConnectionsOptions, testAlertMutation } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { TestResult } from '@/components/TestResult'
import { strings } from '@/strings'
import { CONNECTION_TYPES, problemsAt, problemsIn, type Receiver, type RuleProblem, refusedRules } from '../rules'

const text = strings.alerts

type Props = {
  receiver: Receiver
  problems: readonly RuleProblem[]
  onChange: (receiver: Receiver) => void
  onRemove: () => void
}

/** One way to tell people, with a test of it; what is wrong is said at its field. */
export function ReceiverFields({ receiver, problems, onChange, onRemove }: Props) {
  const type = CONNECTION_TYPES[receiver.type]
  const connections = useQuery(listConnectionsOptions({ query: { type, limit: 200 } }))
  const ids = connections.data?.items.map(each => each.connection_id) ?? []
  const known = receiver.connection_id && !ids.includes(receiver.connection_id) ? [receiver.connection_id] : []
  const test = useMutation({ ...testAlertMutation(), meta: { quiet: true } })
  // As it is tested it is the only one.
  const refused = problemsIn(refusedRules(test.error), '/receivers/0')
  const said = [...problems, ...refused]
  const result =
    test.error && refused.length === 0 ? { ok: false, message: messageOf(test.error) } : (test.data ?? undefined)
  const isNone = connections.data !== undefined && ids.length === 0

  function change(part: Partial<Receiver>) {
    test.reset()
    onChange({ ...receiver, ...part })
  }

  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Text fw={600}>{text.types[receiver.type]}</Text>
        <Select
          label={text.connection}
          description={text.connectionHint}
          placeholder={text.choose}
          data={[...known, ...ids]}
          value={receiver.connection_id || null}
          onChange={id => change({ connection_id: id ?? '' })}
          searchable
          error={problemsAt(said, '/connection_id') ?? (isNone && text.noConnection(type))}
        />
        {isNone && (
          <Anchor component={Link} to={`/connections?type=${type}`} size="sm">
            {text.toConnections}
          </Anchor>
        )}
        {receiver.type === 'email' && (
          <TagsInput
            label={text.to}
            description={text.toHint}
            value={receiver.to}
            onChange={to => change({ to })}
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            error={problemsAt(said, '/to')}
          />
        )}
        <TestResult isPending={test.isPending} result={result} />
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
