import type { SQLNamespace } from '@codemirror/lang-sql'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listTableColumnsOptions, listTablesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useRefusal } from '@/session/useAccount'
import { useEditor } from '../../store/editor'
import { tablesNamed } from './tablesNamed'

const PAUSE = 600
const MOST_ASKED = 8
const ALWAYS = ['last_run_date', 'logical_date', 'data_interval_start', 'data_interval_end', 'run_id']

/** What a query can name: tables of the connection, the columns of those that it names, and the run's parameters. */
export function useTables(
  connection: string,
  isChosen: boolean,
  query: string,
): { tables: SQLNamespace; parameters: string[] } {
  const once = { staleTime: 300_000, retry: false, meta: { quiet: true } } as const
  const mayAsk = useRefusal() === null && isChosen
  const { data } = useQuery({
    ...listTablesOptions({ path: { connection_id: connection } }),
    ...once,
    enabled: mayAsk,
  })
  const [written] = useDebouncedValue(query, PAUSE)
  const known = useMemo(() => (data?.items ?? []).map(({ schema_name, name }) => `${schema_name}.${name}`), [data])
  const asked = useMemo(() => tablesNamed(written, known).slice(0, MOST_ASKED), [written, known])
  const columns = useQueries({
    queries: asked.map(table => ({
      ...listTableColumnsOptions({ path: { connection_id: connection, table } }),
      ...once,
      enabled: mayAsk,
    })),
    combine: answers => JSON.stringify(answers.map(answer => answer.data?.items ?? [])),
  })
  const tables = useMemo(() => {
    const found = JSON.parse(columns) as { name: string; type: string }[][]
    const byTable = new Map(asked.map((table, position) => [table, found[position] ?? []]))
    const schemas: Record<string, Record<string, { label: string; detail: string; type: string }[]>> = {}
    for (const table of known) {
      const [schema = '', name = ''] = [table.slice(0, table.indexOf('.')), table.slice(table.indexOf('.') + 1)]
      schemas[schema] ??= {}
      schemas[schema][name] = (byTable.get(table) ?? []).map(each => ({
        label: each.name,
        detail: each.type,
        type: 'property',
      }))
    }
    return schemas
  }, [known, asked, columns])
  const given = useEditor(state => state.settings.default_params)
  const parameters = useMemo(() => [...new Set([...Object.keys(given ?? {}), ...ALWAYS])], [given])
  return { tables, parameters }
}
