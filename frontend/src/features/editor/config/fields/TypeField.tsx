import { Autocomplete } from '@mantine/core'
import { useForm } from '../form/context'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'

const TYPES = ['string', 'integer', 'bigint', 'float', 'decimal(18,2)', 'boolean', 'date', 'timestamp', 'timestamptz']

/** The type of a column; a decimal's digits are written by hand. */
export function TypeField(props: FieldProps) {
  const { path, value } = props
  const { change } = useForm()
  const known = shown(value)
  return (
    <Autocomplete
      {...useFrame(props)}
      value={known}
      data={TYPES}
      filter={({ options, search }) =>
        TYPES.includes(search)
          ? options
          : options.filter(each => 'value' in each && each.value.includes(search.toLowerCase().trim()))
      }
      comboboxProps={{ shadow: 'md' }}
      onChange={next => change(path, next || undefined, 'typed')}
    />
  )
}
