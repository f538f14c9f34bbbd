import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { strings } from '@/strings'
import { ParamField } from '../run/ParamField'
import type { Kind } from '../run/params'

const text = strings.editor.settings
const EMPTY: Record<Kind, unknown> = { text: '', number: 0, boolean: false, json: {} }
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

type Params = Readonly<Record<string, unknown>>

/** The pipeline's parameters and their defaults; each run may be given others. */
export function ParamsEditor({ params, onChange }: { params: Params; onChange: (params: Params) => void }) {
  const without = (name: string) => Object.fromEntries(Object.entries(params).filter(([each]) => each !== name))
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={500}>
          {text.params}
        </Text>
        <Text size="xs" c="dimmed">
          {text.paramsHint}
        </Text>
      </div>
      {Object.entries(params).map(([name, value]) => (
        <Group key={name} gap="xs" align="flex-end" wrap="nowrap">
          <div style={{ flex: 1, minWidth: 0 }}>
            <ParamField
              name={name}
              like={value}
              value={value}
              onChange={next => onChange({ ...params, [name]: next })}
            />
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            mb={4}
            aria-label={text.removeParam(name)}
            onClick={() => onChange(without(name))}
          >
            <X size={16} />
          </ActionIcon>
        </Group>
      ))}
      <NewParam taken={params} onAdd={(name, kind) => onChange({ ...params, [name]: structuredClone(EMPTY[kind]) })} />
    </Stack>
  )
}

function NewParam({ taken, onAdd }: { taken: Params; onAdd: (name: string, kind: Kind) => void }) {
  const [name, setName] = useState('')
  const [kind, setKind] = useState<Kind>('text')
  const error = name === '' ? null : !NAME.test(name) ? text.paramName : name in taken ? text.paramTaken : null
  const canAdd = name !== '' && !error
  const add = () => {
    if (!canAdd) return
    onAdd(name, kind)
    setName('')
  }
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <TextInput
        flex={1}
        size="xs"
        aria-label={text.newParam}
        placeholder={text.newParam}
        value={name}
        error={error}
        onChange={event => setName(event.currentTarget.value)}
        onKeyDown={event => event.key === 'Enter' && add()}
      />
      <Select
        size="xs"
        w={110}
        aria-label={text.paramKind}
        data={Object.entries(text.kinds).map(([value, label]) => ({ value, label }))}
        value={kind}
        onChange={value => setKind((value ?? 'text') as Kind)}
        allowDeselect={false}
      />
      <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} disabled={!canAdd} onClick={add}>
        {text.add}
      </Button>
    </Group>
  )
}
