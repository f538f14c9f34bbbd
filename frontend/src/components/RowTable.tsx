import { Table, Text } from '@mantine/core'
import classes from './RowTable.module.css'

type Column = { name: string; type: string }
type Props = { columns: readonly Column[]; rows: readonly (readonly unknown[])[]; label: string }

const NUMBERS = /^(tiny|small|big|huge|u?)?int|^decimal|^double|^float|^real/i

/** Rows under their columns' names and types; a null is told apart from an empty text. */
export function RowTable({ columns, rows, label }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.box} aria-label={label} tabIndex={0}>
      <Table className={classes.table} stickyHeader highlightOnHover withColumnBorders fz="xs" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.number} aria-label="#" />
            {columns.map(({ name, type }) => (
              <Table.Th key={name} className={NUMBERS.test(type) ? classes.figure : undefined}>
                {name}
                <Text size="xs" c="dimmed" fw={400}>
                  {type}
                </Text>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and never change
            <Table.Tr key={position}>
              <Table.Td className={classes.number}>{position + 1}</Table.Td>
              {columns.map(({ name, type }, column) => (
                <Cell key={name} value={row[column]} isFigure={NUMBERS.test(type)} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function Cell({ value, isFigure }: { value: unknown; isFigure: boolean }) {
  if (value === null || value === undefined) return <Table.Td className={classes.null}>null</Table.Td>
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return (
    <Table.Td className={isFigure ? classes.figure : classes.text} title={text.length > 40 ? text : undefined}>
      {text === '' ? <span className={classes.null}>''</span> : text}
    </Table.Td>
  )
}
