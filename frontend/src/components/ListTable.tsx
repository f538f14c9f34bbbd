import { Card, Table, type TableThProps } from '@mantine/core'
import type { ReactNode } from 'react'

/** A column's heading; one that shows none, as that of the menus, has an `aria-label`. */
type Column = Pick<TableThProps, 'w' | 'ta' | 'aria-label'> & { title?: string }
type Props = {
  columns: readonly Column[]
  /** Pixels; on narrower screens the table is scrolled. */
  minWidth: number
  spacing?: 'xs' | 'sm'
  /** Its `Table.Tr`s. */
  children: ReactNode
}

/** A list's card: what stands over the columns, and a row for each thing. */
export function ListTable({ columns, minWidth, spacing = 'sm', children }: Props) {
  return (
    <Card withBorder p={0}>
      <Table.ScrollContainer minWidth={minWidth} pb={0}>
        <Table verticalSpacing={spacing} horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ title, ...column }) => (
                <Table.Th key={title ?? column['aria-label']} {...column}>
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
