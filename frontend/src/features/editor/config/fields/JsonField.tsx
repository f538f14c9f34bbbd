import { JsonInput } from '@mantine/core'
import { useState } from 'react'
import { strings } from '@/strings'
import { isEqual } from '../../model/equality'
import { useForm } from '../form/context'
import { type FieldProps, useFrame } from '../form/useFrame'

/** Anything that has no field of its own, as JSON; a text that is none yet is kept as the text that it is. */
export function JsonField(props: FieldProps) {
  const { option, path, value } = props
  const { change } = useForm()
  const frame = useFrame(props)
  const [typed, setTyped] = useState<string | null>(null)
  const isSame = typed !== null && isEqual(parsed(typed), value)
  const [example] = option.examples
  return (
    <JsonInput
      {...frame}
      value={isSame ? typed : written(value)}
      error={
        typeof value === 'string' && !isText(value)
          ? [strings.config.notJson, frame.error].filter(Boolean).join(' ')
          : frame.error
      }
      placeholder={example === undefined ? undefined : JSON.stringify(example)}
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      onChange={next => {
        setTyped(next)
        change(path, parsed(next), 'typed')
      }}
    />
  )
}

function parsed(typed: string): unknown {
  if (typed.trim() === '') return undefined
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}

/** Whether a text is one that was written in quotes, and so is what was meant. */
function isText(value: string): boolean {
  return parsed(value) !== value
}

function written(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
