import { Anchor, Breadcrumbs, Button, FileButton, Group, Progress, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FolderOpen, Upload } from 'lucide-react'
import { type DragEvent, useState } from 'react'
import { Link } from 'react-router'
import type { FileOut } from '@/api/generated'
import { listFilesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Confirm } from '@/components/Confirm'
import { EmptyState } from '@/components/EmptyState'
import { bytes } from '@/components/format'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { SearchField } from '@/components/SearchField'
import { toast } from '@/components/toast'
import { useFilters } from '@/components/useFilters'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { useUploads } from './api/useUploads'
import { DeleteFile } from './components/DeleteFile'
import { FilePreview } from './components/FilePreview'
import { FileTable } from './components/FileTable'
import { NewFolder } from './components/NewFolder'
import classes from './FilesPage.module.css'

const text = strings.files
const LIMIT = 50

export function Component() {
  const filters = useFilters()
  const [folder, search] = [filters.get('folder'), filters.get('search')]
  const uploads = useUploads()
  const [isOver, setOver] = useState(false)
  const [previewed, setPreviewed] = useState<FileOut | null>(null)
  const [deleted, setDeleted] = useState<FileOut | null>(null)
  const files = useQuery({
    ...listFilesOptions({ query: { folder, limit: LIMIT, offset: filters.offset, ...(search && { search }) } }),
    placeholderData: keepPreviousData,
  })
  const refused = useRefused()
  const start = (chosen: readonly File[]) =>
    uploads.start(folder, chosen, files.data?.max_file_bytes ?? Number.POSITIVE_INFINITY)

  function dropped(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    if (refused.title) toast.info(refused.title, { id: refused.title })
    else start([...event.dataTransfer.files])
  }

  const uploadButton = (
    <FileButton multiple onChange={start} disabled={refused.disabled}>
      {props => (
        <Button {...props} {...refused} leftSection={<Upload size={16} aria-hidden />}>
          {text.upload}
        </Button>
      )}
    </FileButton>
  )
  const [taken] = uploads.taken
  return (
    <Page title={strings.pages.files}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way to what the button does */}
      <div
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={event => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <PageHeader title={strings.pages.files} description={text.description}>
          <NewFolder folder={folder} />
          {uploadButton}
        </PageHeader>
        <Group mb="md" justify="space-between">
          <Path folder={folder} />
          <Group gap="sm">
            {files.data && (
              <Text size="sm" c="dimmed">
                {text.used(bytes(files.data.used_bytes), files.data.quota_bytes ? bytes(files.data.quota_bytes) : null)}
              </Text>
            )}
            <SearchField
              key={folder}
              value={search}
              label={text.search}
              onSearch={value => filters.set('search', value)}
            />
          </Group>
        </Group>
        <Stack gap="xs" mb="md" aria-live="polite">
          {Object.entries(uploads.progress).map(([path, done]) => (
            <div key={path}>
              <Text size="sm">{text.uploading(path)}</Text>
              <Progress value={done * 100} animated aria-label={text.uploading(path)} />
            </div>
          ))}
        </Stack>
        <PagedList
          query={files}
          limit={LIMIT}
          isFiltered={search !== ''}
          empty={
            <EmptyState icon={FolderOpen} title={text.empty} action={uploadButton}>
              {refused.title ?? text.emptyHint}
            </EmptyState>
          }
        >
          {items => (
            <FileTable files={items} showsPath={search !== ''} onPreview={setPreviewed} onDelete={setDeleted} />
          )}
        </PagedList>
      </div>
      {previewed && <FilePreview file={previewed} onClose={() => setPreviewed(null)} />}
      {deleted && <DeleteFile file={deleted} onClose={() => setDeleted(null)} />}
      <Confirm
        isOpen={taken !== undefined}
        title={text.existsTitle(taken?.file.name ?? '')}
        action={text.replace}
        onConfirm={uploads.replace}
        onClose={uploads.keep}
      >
        {text.existsHint}
      </Confirm>
    </Page>
  )
}

/** The folder that is shown, and the way up. */
function Path({ folder }: { folder: string }) {
  const parts = folder ? folder.split('/') : []
  return (
    <Breadcrumbs>
      <Anchor component={Link} to="/files" size="sm">
        {text.root}
      </Anchor>
      {parts.map((part, position) => {
        const path = parts.slice(0, position + 1).join('/')
        return (
          <Anchor key={path} component={Link} to={`/files?folder=${encodeURIComponent(path)}`} size="sm">
            {part}
          </Anchor>
        )
      })}
    </Breadcrumbs>
  )
}
