import { Alert, Drawer, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FileOut, previewFile } from '@/api/generated'
import { ErrorState } from '@/components/ErrorState'
import { RowTable } from '@/components/RowTable'
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
      {columns.length > 0 && <RowTable columns={columns} rows={rows} label={file.path} />}
      {truncated && (
        <Text size="xs" c="dimmed">
          {text.truncated(rows.length)}
        </Text>
      )}
    </Drawer>
  )
}
