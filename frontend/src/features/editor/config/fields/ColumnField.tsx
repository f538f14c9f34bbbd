import { Anchor, Autocomplete, Group, Text } from '@mantine/core'
import type { ColumnOut } from '@/api/generated'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { useColumns, useForm } from '../form/context'
import { nearest } from '../form/nearest'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'
import { placeholderOf } from './Plain'

const text = strings.config.columns

/** One column of the input, with its type; any name can be written, and one that is not there is marked. */
export function ColumnField(props: FieldProps) {
  const { option, path, value, isCompact } = props
  const columns = useColumns(option)
  const { change } = useForm()
  const frame = useFrame(props)
  const name = shown(value)
  const type = columns?.find(column => column.name === name)?.type
  const isMissing = columns !== undefined && name !== '' && !columns.some(column => column.name === name)
  return (
    <Autocomplete
      {...frame}
      value={name}
      data={columns ? [...new Set(columns.map(column => column.name))] : []}
      filter={({ options, search, limit }) =>
        columns?.some(column => column.name === search)
          ? options.slice(0, limit)
          : options
              .filter(each => 'value' in each && each.value.toLowerCase().includes(search.toLowerCase().trim()))
              .slice(0, limit)
      }
      limit={200}
      placeholder={columns === undefined ? undefined : placeholderOf({ option })}
      error={
        isMissing ? (
          <Missing name={name} columns={columns} said={frame.error} onTake={other => change(path, other, 'chosen')} />
        ) : (
          frame.error
        )
      }
      renderOption={({ option: each }) => (
        <ColumnLine column={columns?.find(column => column.name === each.value)} name={each.value} />
      )}
      label={isCompact ? <CompactLabel title={option.title} type={type} /> : frame.label}
      rightSectionWidth={isCompact ? 0 : 110}
      rightSectionPointerEvents="none"
      rightSection={!isCompact && type && <Type>{type}</Type>}
      comboboxProps={{ shadow: 'md', withinPortal: true, width: 'max-content', position: 'bottom-start' }}
      maxDropdownHeight={280}
      onChange={next => change(path, next || undefined, 'typed')}
    />
  )
}

export function ColumnLine({ column, name }: { column: ColumnOut | undefined; name: string }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="lg" w="100%">
      <Text size="sm" truncate>
        {name}
      </Text>
      <Text size="xs" opacity={0.75} ff="monospace">
        {column?.type}
      </Text>
    </Group>
  )
}

function Type({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" ff="monospace" truncate pr={8} w="100%" ta="right">
      {children}
    </Text>
  )
}

/** In a narrow field the name needs all the room. */
function CompactLabel({ title, type }: { title: string; type: string | undefined }) {
  return (
    <span className={classes.compactLabel}>
      {title}
      {type && (
        <Text component="span" inherit fw={400} c="dimmed" ff="monospace" className={classes.typeInLabel} aria-hidden>
          {type}
        </Text>
      )}
    </span>
  )
}

type MissingProps = {
  name: string
  columns: readonly ColumnOut[]
  said?: React.ReactNode
  onTake: (name: string) => void
}

/** What is said of a name that no column has, with the one that was likely meant. */
export function Missing({ name, columns, said, onTake }: MissingProps) {
  const likely = nearest(
    name,
    columns.map(column => column.name),
  )
  return (
    <>
      {said ?? text.missing(name)}{' '}
      {likely && (
        <Anchor component="button" type="button" inherit onClick={() => onTake(likely)}>
          {text.didYouMean(likely)}
        </Anchor>
      )}
    </>
  )
}
