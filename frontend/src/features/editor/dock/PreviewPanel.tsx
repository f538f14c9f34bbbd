import {
  ActionIcon,
  Alert,
  Button,
  Group,
  Loader,
  SegmentedControl,
  Select,
  Skeleton,
  Text,
  Tooltip,
} from '@mantine/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { CircleAlert, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { previewNode } from '@/api/generated'
import { getNodeDataOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ApiError, messageOf } from '@/api/problem'
import { count } from '@/components/format'
import { RowTable } from '@/components/RowTable'
import { useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'
import { useMeaning } from '../api/useMeaning'
import { useUnsaved } from '../api/useUnsaved'
import { toBody } from '../model/drawing'
import { withHint } from '../model/problems'
import { useChosen, useEditor } from '../store/editor'
import classes from './Dock.module.css'

const text = strings.editor.preview
const AFTER = 700
const KEPT = 60_000
const LIMITS = ['50', '100', '500', '1000']

type Rows = { columns: { name: string; type: string }[]; rows: unknown[][]; note: string }

/** Rows of the chosen node: what it would give as drawn, or what the shown run has stored of it. */
export function PreviewPanel() {
  const chosen = useChosen()
  const executionId = useSearchParams()[0].get('run')
  const [source, setSource] = useState('drawn')
  const [limit, setLimit] = useState('100')
  const refusal = useRefusal()
  if (!chosen)
    return (
      <Text className={classes.empty} c="dimmed" size="sm">
        {text.choose}
      </Text>
    )
  const isStored = executionId !== null && (source === 'stored' || refusal !== null)
  const head = (
    <>
      {executionId && (
        <SegmentedControl
          size="xs"
          aria-label={text.source}
          value={isStored ? 'stored' : 'drawn'}
          onChange={setSource}
          data={[
            { value: 'drawn', label: text.drawn, disabled: refusal !== null },
            { value: 'stored', label: text.stored },
          ]}
        />
      )}
      <Select
        size="xs"
        w={110}
        aria-label={text.limit}
        data={LIMITS.map(value => ({ value, label: text.rows(count(Number(value))) }))}
        value={limit}
        onChange={value => setLimit(value ?? '100')}
        allowDeselect={false}
      />
    </>
  )
  if (refusal && !isStored)
    return (
      <Text className={classes.empty} c="dimmed" size="sm">
        {refusal}
      </Text>
    )
  const asked = { nodeId: chosen, limit: Number(limit), head }
  return isStored ? <Stored executionId={executionId} {...asked} /> : <Drawn {...asked} />
}

type Asked = { nodeId: string; limit: number; head: React.ReactNode }

/** The request is given up as soon as another node is chosen, the drawing changes again, or the panel is shut. */
function Drawn({ nodeId, limit, head }: Asked) {
  const meaning = useMeaning(AFTER)
  const isUnsaved = useUnsaved()
  const rows = useQuery({
    queryKey: ['preview', nodeId, limit, meaning],
    queryFn: async ({ signal }): Promise<Rows> => {
      const body = { graph: toBody(useEditor.getState()), node_id: nodeId, limit }
      const { columns, rows, sample_rows, engine } = (await previewNode({ body, signal })).data
      const sample = text.sample(count(sample_rows))
      return { columns, rows, note: engine === (body.graph.engine ?? engine) ? sample : `${sample} · ${text.onDuckDB}` }
    },
    placeholderData: (before, query) => (query?.queryKey[1] === nodeId ? before : undefined),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT,
    retry: false,
  })
  return <Shown rows={rows} head={head} note={isUnsaved ? text.unsaved : undefined} />
}

function Stored({ nodeId, executionId, limit, head }: Asked & { executionId: string }) {
  const rows = useQuery({
    ...getNodeDataOptions({ path: { execution_id: executionId, node_id: nodeId }, query: { limit } }),
    select: ({ columns, rows }): Rows => ({ columns: columns as Rows['columns'], rows, note: text.storedNote }),
    retry: false,
  })
  return <Shown rows={rows} head={head} />
}

function Shown({
  rows,
  head,
  note,
}: {
  rows: UseQueryResult<Rows, unknown>
  head: React.ReactNode
  note?: string | undefined
}) {
  const { data, error, isFetching, refetch } = rows
  return (
    <>
      <Group className={classes.head} gap="sm">
        {head}
        {data && (
          <Text size="xs" c="dimmed">
            {[text.rows(count(data.rows.length)), text.columns(count(data.columns.length)), data.note].join(' · ')}
          </Text>
        )}
        {note && (
          <Text size="xs" c="orange">
            {note}
          </Text>
        )}
        {isFetching && <Loader size={14} aria-label={strings.shell.loading} />}
        <Tooltip label={strings.actions.retry}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            ml="auto"
            aria-label={strings.actions.retry}
            onClick={() => void refetch()}
          >
            <RotateCw size={14} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h="100%" radius={0} />}
      {data && error === null && (
        <>
          <RowTable columns={data.columns} rows={data.rows} label={text.label} />
          {data.rows.length === 0 && (
            <Text className={classes.empty} c="dimmed" size="sm">
              {text.noRows}
            </Text>
          )}
        </>
      )}
    </>
  )
}

function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const problems = (error instanceof ApiError && error.details.problems) || []
  return (
    <Alert
      m="sm"
      color="red"
      icon={<CircleAlert size={18} aria-hidden />}
      title={error instanceof ApiError ? error.title : strings.errors.unexpectedTitle}
    >
      <Text size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {messageOf(error)}
      </Text>
      {problems.map(problem => (
        <Text key={`${problem.node_id} ${problem.path} ${problem.message}`} size="sm">
          {withHint(problem.message, problem.hint)}
        </Text>
      ))}
      <Button size="compact-xs" variant="default" mt="xs" onClick={onRetry}>
        {strings.actions.retry}
      </Button>
    </Alert>
  )
}
