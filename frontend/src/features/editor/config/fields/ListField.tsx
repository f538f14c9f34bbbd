import { Button } from '@mantine/core'
import { strings } from '@/strings'
import { useColumns, useForm } from '../form/context'
import type { Kind } from '../form/options'
import { type FieldProps, useFrame } from '../form/useFrame'
import { inferred, shown } from '../form/values'
import { ColumnLine, Missing } from './ColumnField'
import { Pills } from './Pills'
import { labelOf } from './Plain'

const text = strings.config

const listed = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** Several columns of the input, in an order. */
export function ColumnsField(props: FieldProps) {
  const { option, path } = props
  const { change } = useForm()
  const columns = useColumns(option)
  const frame = useFrame(props)
  const values = listed(props.value).map(shown)
  const names = columns && [...new Set(columns.map(column => column.name))]
  const missing = names ? values.filter(value => !names.includes(value)) : []
  const [first] = missing
  const set = (next: string[]) => change(path, next, 'chosen')
  const rest = names?.filter(name => !values.includes(name)) ?? []
  return (
    <Pills
      {...frame}
      error={
        first !== undefined && columns ? (
          <Missing
            name={first}
            columns={columns.filter(column => !values.includes(column.name))}
            said={frame.error}
            onTake={name => set(values.map(value => (value === first ? name : value)))}
          />
        ) : (
          frame.error
        )
      }
      values={values}
      offered={names ?? null}
      isWrong={value => missing.includes(value)}
      placeholder={names ? text.columns.add : text.columns.unknown}
      renderOffered={name => <ColumnLine column={columns?.find(column => column.name === name)} name={name} />}
      footer={
        rest.length > 1 && (
          <Button
            size="compact-xs"
            variant="subtle"
            onMouseDown={event => event.preventDefault()}
            onClick={() => set([...values, ...rest])}
          >
            {text.columns.all}
          </Button>
        )
      }
      onChange={set}
    />
  )
}

/** Several texts, values, or members of a fixed set, in an order. */
export function ListField(props: FieldProps & { kind: Extract<Kind, { is: 'list' }> }) {
  const { path, kind } = props
  const { change } = useForm()
  const frame = useFrame(props)
  const { item } = kind
  const takesEmpty = item.is === 'text' && listed(props.option.preset).includes('')
  const offered = item.is === 'choice' ? item.values.map(shown) : takesEmpty ? [''] : null
  const parsed = (value: string) => (item.is === 'scalar' || item.is === 'number' ? inferred(value) : value)
  return (
    <Pills
      {...frame}
      values={listed(props.value).map(shown)}
      offered={offered}
      isClosed={item.is === 'choice'}
      labelOf={value => (value === '' ? text.empty : labelOf(value))}
      onChange={values => change(path, values.map(parsed), 'chosen')}
    />
  )
}
