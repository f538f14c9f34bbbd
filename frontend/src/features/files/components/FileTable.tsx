import { Anchor, Group, Menu, Table } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Download, Eye, FileText, Folder, Trash2 } from 'lucide-react'
import { Link } from 'react-router'
import type { FileOut } from '@/api/generated'
import { toApiError } from '@/api/problem'
import { addressOf } from '@/api/upload'
import { ActionsMenu } from '@/components/ActionsMenu'
import { bytes } from '@/components/format'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { saveAs } from '@/components/saveAs'
import { authorizedFetch } from '@/session/authorizedFetch'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.files
const ICON = { size: 16, 'aria-hidden': true } as const

type Act = (file: FileOut) => void
type Props = { files: FileOut[]; showsPath: boolean; onPreview: Act; onDelete: Act }

/** A folder's folders and files. */
export function FileTable({ files, showsPath, onPreview, onDelete }: Props) {
  return (
    <ListTable
      minWidth={640}
      spacing="xs"
      columns={[
        { title: text.name },
        { title: text.size, w: 110, ta: 'right' },
        { title: text.changed, w: 160 },
        { title: text.usedBy, w: 240 },
        { 'aria-label': strings.actions.more, w: 50 },
      ]}
    >
      {files.map(file => (
        <Table.Tr key={file.path}>
          <Table.Td>
            <Name file={file} label={showsPath ? file.path : file.name} onPreview={onPreview} />
          </Table.Td>
          <Table.Td ta="right" ff="monospace">
            {file.kind === 'file' && bytes(file.size)}
          </Table.Td>
          <Table.Td>{file.modified_at && <Moment at={file.modified_at} />}</Table.Td>
          <Table.Td>
            {file.used_by.map(({ pipeline_id, name }) => (
              <Anchor key={pipeline_id} component={Link} to={`/pipelines/${pipeline_id}`} size="sm" display="block">
                {name}
              </Anchor>
            ))}
          </Table.Td>
          <Table.Td>
            <FileMenu file={file} onPreview={onPreview} onDelete={onDelete} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}

function Name({ file, label, onPreview }: { file: FileOut; label: string; onPreview: Act }) {
  const refused = useRefused()
  const Icon = file.kind === 'folder' ? Folder : FileText
  return (
    <Group gap="xs" wrap="nowrap">
      <Icon {...ICON} color="var(--mantine-color-dimmed)" />
      {file.kind === 'folder' ? (
        <Anchor component={Link} to={`/files?folder=${encodeURIComponent(file.path)}`} size="sm" fw={600}>
          {label}
        </Anchor>
      ) : (
        <Anchor
          component="button"
          type="button"
          size="sm"
          ta="start"
          {...refused}
          underline={refused.disabled ? 'never' : 'hover'}
          c={refused.disabled ? 'inherit' : undefined}
          onClick={() => onPreview(file)}
        >
          {label}
        </Anchor>
      )}
    </Group>
  )
}

function FileMenu({ file, onPreview, onDelete }: { file: FileOut; onPreview: Act; onDelete: Act }) {
  const refused = useRefused()
  const download = useMutation({
    mutationFn: async () => {
      const response = await authorizedFetch(addressOf(file.path))
      if (!response.ok) throw toApiError(await response.json().catch(() => null), response)
      saveAs(await response.blob(), file.name)
    },
  })
  return (
    <ActionsMenu label={text.actionsOf(file.name)} width={170} isBusy={download.isPending}>
      {file.kind === 'file' && (
        <>
          <Menu.Item leftSection={<Eye {...ICON} />} {...refused} onClick={() => onPreview(file)}>
            {text.preview}
          </Menu.Item>
          <Menu.Item leftSection={<Download {...ICON} />} onClick={() => download.mutate()}>
            {strings.actions.download}
          </Menu.Item>
        </>
      )}
      <Menu.Item color="red" leftSection={<Trash2 {...ICON} />} {...refused} onClick={() => onDelete(file)}>
        {strings.actions.delete}
      </Menu.Item>
    </ActionsMenu>
  )
}
