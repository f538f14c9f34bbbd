import { Textarea } from '@mantine/core'
import { useForm } from '../form/context'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'
import { placeholderOf } from './Plain'

/** An expression over the input's columns, or a query in the source's own SQL. */
export function CodeField(props: FieldProps & { language: 'expression' | 'sql' }) {
  const { option, path, value, language } = props
  const { change } = useForm()
  return (
    <Textarea
      {...useFrame(props)}
      value={shown(value)}
      placeholder={placeholderOf({ option })}
      autosize
      minRows={language === 'sql' ? 5 : 1}
      spellCheck={false}
      onChange={({ currentTarget }) => change(path, currentTarget.value || undefined, 'typed')}
    />
  )
}
