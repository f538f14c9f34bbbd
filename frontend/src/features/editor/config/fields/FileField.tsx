import { ActionIcon, Autocomplete, Box, FileButton, Group, Progress, Text, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Folder, Upload } from 'lucide-react'
import { type DragEvent, useState } from 'react'
import { listFilesOptions, listFilesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { hasStatus, messageOf } from '@/api/problem'
import { upload } from '@/api/upload'
import { Confirm } from '@/components/Confirm'
import { bytes } from '@/components/format'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { useForm } from '../form/context'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'
import { placeholderOf } from './Plain'

const text = strings.config.files
const PAUSE = 250
const MOST = 100

/** A file of the store, found by its name; a source can be uploaded in place. */
export function FileField(props: FieldProps) {
  const { option, path, value } = props
  const { change, module } = useForm()
  const frame = useFrame(props)
  const name = shown(value)
  const [search] = useDebouncedValue(name, PAUSE)
  const words = plain(search)
  const { data, error } = useQuery({
    ...listFilesOptions({ query: { search: words || undefined, limit: MOST } }),
    placeholderData: before => before,
    staleTime: 15_000,
    meta: { quiet: true },
  })
  const files = new Map((data?.items ?? []).map(file => [file.path, file]))
  const reads = module.type === 'extractor'
  const refused = useRefused()
  const sending = useUpload(file => change(path, escaped(file), 'chosen'))
  const drop = (event: DragEvent) => {
    const [file] = event.dataTransfer.files
    if (!reads || !file) return
    event.preventDefault()
    void sending.start(file)
  }
  return (
    <Box onDrop={drop} onDragOver={event => reads && event.preventDefault()}>
      <Autocomplete
        {...frame}
        error={sending.failed ?? frame.error ?? (error ? text.unreachable : undefined)}
        value={name}
        data={[...files.keys()]}
        filter={({ options }) => options}
        placeholder={placeholderOf({ option })}
        renderOption={({ option: each }) => {
          const file = files.get(each.value)
          return (
            <Group justify="space-between" wrap="nowrap" gap="md" w="100%">
              <Group gap={6} wrap="nowrap">
                {file?.kind === 'folder' && <Folder size={14} aria-hidden />}
                <Text size="sm">{each.value}</Text>
              </Group>
              <Text size="xs" opacity={0.75} style={{ flex: 'none' }}>
                {typeof file?.size === 'number' && bytes(file.size)}
              </Text>
            </Group>
          )
        }}
        comboboxProps={{ shadow: 'md', width: 'max-content', position: 'bottom-start' }}
        maxDropdownHeight={280}
        onOptionSubmit={each =>
          change(path, files.get(each)?.kind === 'folder' ? `${escaped(each)}/` : escaped(each), 'chosen')
        }
        onChange={next => change(path, next || undefined, 'typed')}
        rightSection={
          reads && (
            <FileButton onChange={file => file && void sending.start(file)}>
              {button => (
                <Tooltip label={refused.title ?? text.upload}>
                  <ActionIcon
                    {...button}
                    variant="subtle"
                    color="gray"
                    aria-label={text.upload}
                    disabled={sending.percent !== null || refused.disabled}
                  >
                    <Upload size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
            </FileButton>
          )
        }
      />
      {sending.percent !== null && (
        <Progress mt={6} size="sm" value={sending.percent} aria-label={text.uploading(sending.percent)} animated />
      )}
      <Confirm
        isOpen={sending.taken !== null}
        title={text.replaceTitle(sending.taken?.name ?? '')}
        action={text.replaceConfirm}
        onConfirm={() => void sending.replace()}
        onClose={sending.leave}
      >
        {text.replace}
      </Confirm>
    </Box>
  )
}

/** A file on its way up; one whose name is taken waits until somebody says what to do. */
function useUpload(onDone: (path: string) => void) {
  const queryClient = useQueryClient()
  const [percent, setPercent] = useState<number | null>(null)
  const [failed, setFailed] = useState<string | null>(null)
  const [taken, setTaken] = useState<File | null>(null)
  const start = async (file: File, overwrite = false) => {
    setFailed(null)
    setPercent(0)
    setTaken(null)
    try {
      await upload({ path: file.name, file, overwrite, onProgress: done => setPercent(Math.round(done * 100)) })
      onDone(file.name)
      void queryClient.invalidateQueries({ queryKey: listFilesQueryKey() })
    } catch (error) {
      if (hasStatus(error, 409) && !overwrite) setTaken(file)
      else setFailed(messageOf(error))
    } finally {
      setPercent(null)
    }
  }
  return { percent, failed, taken, start, replace: () => taken && start(taken, true), leave: () => setTaken(null) }
}

/** A `$` in a name is written twice, since one begins a parameter. */
function escaped(path: string): string {
  return path.replaceAll('$', '$$$$')
}

/** What can be searched for of a path: not its patterns and parameters. */
function plain(path: string): string {
  return (path.split(/\$\{|[*?[]/)[0] ?? '').replaceAll('$$', '$')
}
