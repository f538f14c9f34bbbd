import { Button, Card, Fieldset, Group, NumberInput, Stack, Switch, Text, Title } from '@mantine/core'
import { Plus } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { strings } from '@/strings'
import {
  CONNECTION_TYPES,
  problemsAt,
  problemsIn,
  type Receiver,
  type RuleProblem,
  type Rules,
  rulesOf,
} from '../rules'
import { ReceiverFields } from './ReceiverFields'

const text = strings.alerts
const TYPES = Object.keys(CONNECTION_TYPES) as Receiver['type'][]

type Props = {
  title: string
  saved: Rules
  action: string
  isBusy: boolean
  isChanged?: boolean
  /** Why the rules can only be read. */
  refusal: string | null
  /** What the service said of the rules as they were sent or saved last. */
  problems: readonly RuleProblem[]
  onSave: (rules: Rules) => void
  children?: ReactNode
}

/** What is told, and to whom. */
export function RulesForm({ title, saved, action, isBusy, isChanged, refusal, problems, onSave, children }: Props) {
  const [rules, setRules] = useState(() => rulesOf(saved))
  // Problems are of what was sent: what has been changed since is not judged yet.
  const [sent, setSent] = useState(rules)
  const change = (part: Partial<Rules>) => setRules({ ...rules, ...part })
  const differs = isChanged || !isSame(rules, rulesOf(saved))

  function submit(event: FormEvent) {
    event.preventDefault()
    setSent(rules)
    onSave(rules)
  }

  return (
    <Card withBorder component="form" onSubmit={submit} maw={760}>
      <Title order={2} size="h5" mb="md">
        {title}
      </Title>
      {refusal && (
        <Text c="dimmed" size="sm" mb="md">
          {refusal}
        </Text>
      )}
      <Fieldset variant="unstyled" disabled={refusal !== null}>
        <Stack>
          <Switch
            label={text.onFailure}
            checked={rules.on_failure}
            onChange={event => change({ on_failure: event.currentTarget.checked })}
          />
          <Switch
            label={text.onRecovery}
            checked={rules.on_recovery}
            onChange={event => change({ on_recovery: event.currentTarget.checked })}
          />
          <Minutes
            label={text.late}
            description={text.lateHint}
            seconds={rules.late_after_seconds}
            error={rules.late_after_seconds === sent.late_after_seconds && problemsAt(problems, '/late_after_seconds')}
            onChange={late_after_seconds => change({ late_after_seconds })}
          />
          <Minutes
            label={text.long}
            description={text.longHint}
            seconds={rules.long_after_seconds}
            error={rules.long_after_seconds === sent.long_after_seconds && problemsAt(problems, '/long_after_seconds')}
            onChange={long_after_seconds => change({ long_after_seconds })}
          />
          {children}
          <Title order={3} size="h6">
            {text.receivers}
          </Title>
          {rules.receivers.length === 0 && <Text c="dimmed">{text.noReceivers}</Text>}
          {rules.receivers.map((receiver, index) => (
            <ReceiverFields
              // biome-ignore lint/suspicious/noArrayIndexKey: receivers have no ids, and keep their order
              key={index}
              receiver={receiver}
              problems={isSame(receiver, sent.receivers[index]) ? problemsIn(problems, `/receivers/${index}`) : []}
              onChange={changed => change({ receivers: rules.receivers.with(index, changed) })}
              onRemove={() => change({ receivers: rules.receivers.toSpliced(index, 1) })}
            />
          ))}
          {refusal === null && (
            <>
              <Group gap="xs">
                {TYPES.map(type => (
                  <Button
                    key={type}
                    size="xs"
                    variant="default"
                    leftSection={<Plus size={14} aria-hidden />}
                    onClick={() => change({ receivers: [...rules.receivers, { type, connection_id: '', to: [] }] })}
                  >
                    {text.add(text.types[type])}
                  </Button>
                ))}
              </Group>
              <Group justify="flex-end">
                <Button type="submit" loading={isBusy} disabled={!differs || !rules.receivers.every(isComplete)}>
                  {action}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </Fieldset>
    </Card>
  )
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isComplete({ type, connection_id, to }: Receiver): boolean {
  return connection_id !== '' && (type !== 'email' || to.length > 0)
}

type MinutesProps = {
  label: string
  description: string
  seconds: number | null
  error: ReactNode
  onChange: (seconds: number | null) => void
}

function Minutes({ label, description, seconds, error, onChange }: MinutesProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      error={error}
      value={seconds === null ? '' : seconds / 60}
      min={0}
      max={43_200}
      decimalScale={2}
      onChange={value => onChange(typeof value === 'number' && value > 0 ? Math.round(value * 60) : null)}
    />
  )
}
