import { JsonInput, NumberInput, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { strings } from '@/strings'
import { jsonIn, kindOf } from './params'

type Props = { name: string; like: unknown; value: unknown; onChange: (value: unknown) => void; label?: string }

/** One parameter, in a field of the kind that its default has. */
export function ParamField({ name, like, value, onChange, label = name }: Props) {
  const kind = kindOf(like)
  if (kind === 'boolean')
    return <Switch label={label} checked={value === true} onChange={event => onChange(event.currentTarget.checked)} />
  if (kind === 'number')
    return (
      <NumberInput
        label={label}
        value={typeof value === 'number' ? value : ''}
        onChange={next => onChange(typeof next === 'number' ? next : like)}
      />
    )
  if (kind === 'text')
    return (
      <TextInput label={label} value={String(value ?? '')} onChange={event => onChange(event.currentTarget.value)} />
    )
  return <JsonField label={label} value={value} onChange={onChange} />
}

function JsonField({ label, value, onChange }: Pick<Props, 'value' | 'onChange'> & { label: string }) {
  const [text, setText] = useState(() => JSON.stringify(value ?? null, null, 2))
  const isWrong = jsonIn(text) === undefined
  return (
    <JsonInput
      label={label}
      value={text}
      autosize
      minRows={2}
      maxRows={10}
      ff="monospace"
      error={isWrong && strings.editor.run.noJson}
      onChange={next => {
        setText(next)
        const read = jsonIn(next)
        if (read) onChange(read.value)
      }}
    />
  )
}
