import { Alert, Drawer, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FileOut, previewFile } from '@/api/generated'
import { ErrorState } from '@/components/ErrorState'
import { strings } from '@/strings'

const text = strings.files
const ROWS = 50

/** The first rows of a file, as a pipeline would read them. */
export function FilePreview({ file, onClose }: { file: FileOut; onClose: () => void }) {
  const preview = useQuery({
    queryKey: ['file-preview', file.path, file.etag],
    queryFn: async ({ signal }) => (await previewFile({ body: { path: file.path, limit: ROWS }, signal })).data,
  })
  const { columns = [], rows = [], problems = [], truncated = false } = preview.data ?? {}
  return (
    <Drawer opened onClose={onClose} title={file.path} position="right" size="xl">
      {preview.isPending && <Skeleton h={300} />}
      {preview.isError && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />}
      {problems.map(problem => (
        <Alert key={`${problem.path} ${problem.message}`} color="orange" mb="sm" title={problem.message}>
          {problem.hint}
        </Alert>
      ))}
      {preview.data && columns.length === 0 && problems.length === 0 && <Text c="dimmed">{text.noPreview}</Text>}
      {columns.length > 0 && (
        <Table.ScrollContainer minWidth={columns.length * 110}>
          <Table striped withColumnBorders fz="xs">
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ name, type }) => (
                  <Table.Th key={name}>
                    {name}
                    <Text size="xs" c="dimmed">
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
                  {columns.map(({ name }, column) => (
                    <Table.Td key={name}>{cell(row[column])}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {truncated && (
        <Text size="xs" c="dimmed">
          {text.truncated(rows.length)}
        </Text>
      )}
    </Drawer>
  )
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
