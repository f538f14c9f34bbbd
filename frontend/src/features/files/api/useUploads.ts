import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { listFilesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { hasStatus, messageOf } from '@/api/problem'
import { upload } from '@/api/upload'
import { bytes } from '@/components/format'
import { toast } from '@/components/toast'
import { strings } from '@/strings'

const text = strings.files

type Uploads = {
  /** How far each file under way is, from 0 to 1, by its path. */
  progress: Record<string, number>
  /** The files whose names are taken, until somebody says what to do. */
  taken: { path: string; file: File }[]
  start: (folder: string, files: readonly File[], most: number) => void
  replace: () => void
  keep: () => void
}

/** Files on their way up, one after the other. */
export function useUploads(): Uploads {
  const queryClient = useQueryClient()
  const [progress, setProgress] = useState<Record<string, number>>({})
  const [taken, setTaken] = useState<Uploads['taken']>([])

  async function one(path: string, file: File, overwrite: boolean) {
    const tell = (done: number) => setProgress(before => ({ ...before, [path]: done }))
    tell(0)
    try {
      await upload({ path, file, overwrite, onProgress: tell })
      toast.success(text.uploaded(file.name))
    } catch (error) {
      if (hasStatus(error, 409) && !overwrite) setTaken(before => [...before, { path, file }])
      else toast.error(messageOf(error), { title: file.name })
    } finally {
      setProgress(({ [path]: _done, ...others }) => others)
      void queryClient.invalidateQueries({ queryKey: listFilesQueryKey() })
    }
  }

  return {
    progress,
    taken,
    start: async (folder, files, most) => {
      for (const file of files) {
        if (file.size > most) toast.error(text.tooLarge(file.name, bytes(most)))
        else await one(folder ? `${folder}/${file.name}` : file.name, file, false)
      }
    },
    replace: () => {
      const [first] = taken
      setTaken(taken.slice(1))
      if (first) void one(first.path, first.file, true)
    },
    keep: () => setTaken(taken.slice(1)),
  }
}
