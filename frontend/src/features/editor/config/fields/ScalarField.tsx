import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { useForm } from '../form/context'
import type { Kind } from '../form/options'
import { type FieldProps, useFrame } from '../form/useFrame'
import { inferred, numberOf, shown } from '../form/values'
import { placeholderOf } from './Plain'

const text = strings.config.scalar

type Type = 'string' | 'number' | 'boolean' | 'null'
type Props = FieldProps & { kind: Extract<Kind, { is: 'scalar' }> }

/** A text, a number, or yes or no: by its look, unless somebody says that it is a text. */
export function ScalarField(props: Props) {
  const { option, path, value, kind } = props
  const { change } = useForm()
  const [isText, setText] = useState(() => typeof value === 'string' && inferred(value) !== value)
  const [typed, setTyped] = useState<string | null>(null)
  const type = typeOf(value)
  const take = (next: string) => {
    setTyped(next)
    change(path, next === '' && !isText ? undefined : isText ? next : inferred(next), 'typed')
  }
  const turn = (next: Type) => {
    setText(next === 'string')
    setTyped(null)
    change(path, turned(value, next), 'chosen')
  }
  const isSame = typed !== null && (typed === shown(value) || inferred(typed) === value)
  return (
    <TextInput
      {...useFrame(props)}
      value={isSame ? typed : shown(value)}
      placeholder={value === null && kind.takesNull ? text.null : placeholderOf({ option })}
      onChange={({ currentTarget }) => take(currentTarget.value)}
      rightSectionWidth={86}
      rightSection={
        <NativeSelect
          variant="unstyled"
          size="xs"
          className={classes.inField}
          aria-label={text.type}
          value={type}
          onChange={({ currentTarget }) => turn(currentTarget.value as Type)}
          data={(['string', 'number', 'boolean', ...(kind.takesNull ? (['null'] as const) : [])] as Type[]).map(
            each => ({
              value: each,
              label: text[each],
            }),
          )}
        />
      }
    />
  )
}

function typeOf(value: unknown): Type {
  if (value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return typeof value as Type
  return 'string'
}

/** The value as one of another type; what cannot be one stays a text, for a person to put right. */
function turned(value: unknown, type: Type): unknown {
  const known = shown(value)
  if (type === 'null') return null
  if (type === 'string') return known
  if (type === 'number') return numberOf(known) ?? 0
  return known === 'true' || known === '1' || known.toLowerCase() === 'yes'
}
