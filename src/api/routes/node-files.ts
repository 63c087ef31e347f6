import multipart from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BundleSettings, bundleLimits } from '../../core/domain/bundle.ts';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { AttemptHandle } from '../../core/ports/executor.ts';
import type { LeftUpload, NodeFiles, RemoteAttempt } from '../../core/ports/node-files.ts';
import type { Readable } from '../../core/ports/task-files.ts';
import { attachment } from '../attachment.ts';
import { anyone } from '../caller.ts';
import { type ApiDeps, base } from '../deps.ts';
import { asUnreadable, takeForm } from '../form.ts';
import { createFieldReader } from '../job-fields.ts';
import { sessionOf } from '../node-session.ts';
import type { Compile } from '../plugins/validation.ts';
import { RefTo } from '../schemas/common.ts';
import { NodeLeaseParams, SessionHeader } from '../schemas/node.ts';
import {
  InputFileParams,
  InputList,
  LeftAnswer,
  LeftFields,
  type LeftFieldsBody,
  LeftQuery,
  ParentFileParams,
  ParentParams,
  Printed,
  PrintParams,
  PrintQuery,
} from '../schemas/node-files.ts';
import { type FastifyPluginAsyncTypebox, Type } from '../schemas/type.ts';
import { sendFile } from '../send-file.ts';
import { inputListView } from '../views/node.ts';

const tags = ['nodes'];
const problems = [404, 409, 422];
const oneFile = {
  200: { description: 'the file', content: { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } } },
};
const mib = 1_048_576;
/** The texts of both streams fit in one piece each. */
const pieceBytes = bundleLimits.outputBytes;

/** What nodes fetch and send of the bundles they run: docs/worker-protocol.md. All of it only while they hold the lease. */
export const nodeFileRoutes =
  ({ engine, bundles, logger }: ApiDeps, compile: Compile): FastifyPluginAsyncTypebox =>
  async (app) => {
    const isLeft = compile(LeftFields);
    const known = new WeakSet<object>();
    await app.register(multipart, {
      preservePath: true,
      limits: {
        ...{ fieldNameSize: 100, fieldSize: mib, fields: 8, headerPairs: 20 },
        ...{ files: bundleLimits.files + 1, parts: bundleLimits.files + 9, fileSize: Number.POSITIVE_INFINITY },
      },
    });
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer', bodyLimit: pieceBytes }, (_request, body, done) =>
      done(null, body),
    );

    /** @throws TaskRouterError `lease_lost`, `forbidden` */
    function leased(request: FastifyRequest): Leased {
      if (bundles === undefined) throw new TaskRouterError('sandbox_unavailable', 'This server takes no files.');
      const { id, lease } = request.params as LeaseParams; // of the schema of every route here
      return { ...engine.nodes.held(id, sessionOf(request), lease), files: bundles.nodes };
    }

    /** @throws TaskRouterError as `leased`, `wrong_status` for a task that is no bundle */
    function held(request: FastifyRequest): Held {
      const { attempt, ended, files } = leased(request);
      const { task } = attempt;
      const settings = engine.types().find(({ name }) => name === task.type)?.bundle;
      if (settings === undefined || settings === null)
        throw new TaskRouterError('wrong_status', `Tasks of type ${task.type} have no files: it is no type for bundles.`);
      const of = { task: task.id, attempt: attempt.attempt, part: attempt.part?.index };
      if (!known.has(attempt)) {
        known.add(attempt);
        void ended.then(() => files.end(of)).catch((err: unknown) => logger.error({ err }, 'files of an attempt could not be removed'));
      }
      return { of, files, settings };
    }

    app.get(
      '/nodes/:id/leases/:lease/files',
      {
        schema: {
          operationId: 'getLeaseFiles',
          tags,
          summary: 'The files of a leased bundle, with their digests',
          params: NodeLeaseParams,
          headers: SessionHeader,
          response: { 200: RefTo(InputList) },
          problems,
        },
      },
      async (request) => {
        const { of, files } = held(request);
        const found = await files.input(of.task);
        if (found === undefined) throw noInput;
        return inputListView(found, `${urlOf(request.params)}/files`);
      },
    );

    app.get(
      '/nodes/:id/leases/:lease/files/*',
      {
        schema: {
          operationId: 'getLeaseFile',
          tags,
          summary: 'One file of a leased bundle',
          params: InputFileParams,
          headers: SessionHeader,
          response: oneFile,
          problems,
        },
      },
      async (request, reply) => {
        const path = request.params['*'];
        const { of, files } = held(request);
        return sendNamed(reply, path, await files.openInput(of.task, path), noInput);
      },
    );

    /** The lease is the right to read what its own parents left, and nobody else's. @throws TaskRouterError `not_found` */
    async function parentOf(request: FastifyRequest) {
      const { attempt, files } = leased(request);
      const { task: id } = request.params as { task: string }; // of the schema of both routes
      const isParent = attempt.task.dependsOn?.parents.some((parent) => parent.id === id) === true;
      const parent = isParent ? await engine.task(id, anyone) : undefined;
      if (parent === undefined) throw new TaskRouterError('not_found', 'The leased task depends on no such task.');
      return { parent, files };
    }

    app.get(
      '/nodes/:id/leases/:lease/parents/:task/files',
      {
        schema: {
          operationId: 'getParentFiles',
          tags,
          summary: 'The files that a task left on which the leased one depends, with their digests',
          description: '`files_gone`: it did not complete, left none, or they were removed.',
          params: ParentParams,
          headers: SessionHeader,
          response: { 200: RefTo(InputList) },
          problems,
        },
      },
      async (request) => {
        const { parent, files } = await parentOf(request);
        const found = await files.parent(parent);
        if (found === undefined) throw noParentFiles;
        return inputListView(found, `${urlOf(request.params)}/parents/${parent.id}/files`);
      },
    );

    app.get(
      '/nodes/:id/leases/:lease/parents/:task/files/*',
      {
        schema: {
          operationId: 'getParentFile',
          tags,
          summary: 'One of these files',
          params: ParentFileParams,
          headers: SessionHeader,
          response: oneFile,
          problems,
        },
      },
      async (request, reply) => {
        const path = request.params['*'];
        const { parent, files } = await parentOf(request);
        return sendNamed(reply, path, await files.openParent(parent, path), noParentFiles);
      },
    );

    app.put(
      '/nodes/:id/leases/:lease/output/:stream',
      {
        bodyLimit: pieceBytes,
        schema: {
          operationId: 'sendOutput',
          tags,
          summary: 'What a leased bundle prints, as it prints it',
          description:
            'The body is the next piece of the stream. Bytes that are here already are passed over, so a piece may be sent again.',
          consumes: ['application/octet-stream'],
          params: PrintParams,
          headers: SessionHeader,
          querystring: PrintQuery,
          response: { 200: Printed },
          problems: [...problems, 413, 415],
        },
      },
      async (request) => {
        const { of, files } = held(request);
        if (!Buffer.isBuffer(request.body))
          throw new TaskRouterError('unsupported_media_type', 'Send the piece as application/octet-stream.');
        return { bytes: await files.print(of, request.params.stream, request.query.offset, request.body) };
      },
    );

    app.put(
      '/nodes/:id/leases/:lease/files',
      {
        schema: {
          operationId: 'sendFiles',
          tags,
          summary: 'What a leased bundle left',
          description:
            'A form (`multipart/form-data`): every part with a file name is a file under that name; the fields are `stdout_bytes`, `stderr_bytes`, `skipped` and `sha256`. To be sent after all output and before the result; a form that is cut leaves nothing, and one sent again changes nothing.',
          consumes: ['multipart/form-data'],
          params: NodeLeaseParams,
          headers: SessionHeader,
          querystring: LeftQuery,
          response: { 200: LeftAnswer },
          problems: [...problems, 413, 415],
        },
      },
      async (request) => takeForm(request, () => takeLeft(request)),
    );

    async function takeLeft(request: FastifyRequest) {
      const { of, files, settings } = held(request);
      const upload = await files.receive(of, settings.diskMb * mib);
      try {
        const fields = await receive(request, upload).catch(asUnreadable);
        held(request); // also after the last byte: what comes too late is thrown away
        if ((request.query as { partial?: boolean }).partial === true) {
          await upload.show();
          return { files: 0, bytes: 0 };
        }
        const { stdout_bytes: stdoutBytes = 0, stderr_bytes: stderrBytes = 0, skipped = [], sha256: digest } = fields;
        const remains = await upload.keep({ stdoutBytes, stderrBytes, skipped, digest });
        return { files: remains.files.length, bytes: remains.files.reduce((sum, { bytes }) => sum + bytes, 0) };
      } finally {
        await upload.drop();
      }
    }

    async function receive(request: FastifyRequest, upload: LeftUpload): Promise<LeftFieldsBody> {
      const fields = createFieldReader(LeftFields, ['sha256']);
      for await (const part of request.parts()) {
        if (part.type === 'field') {
          fields.add(part.fieldname, part.value, part.valueTruncated);
          continue;
        }
        part.file.on('error', () => {}); // a node may break off before the file is read, and who reads it is told then
        fields.check();
        await upload.addFile(part.filename ?? '', part.file);
      }
      return fields.checked<LeftFieldsBody>(isLeft);
    }
  };

interface LeaseParams {
  readonly id: string;
  readonly lease: string;
}

interface Leased {
  readonly attempt: AttemptHandle;
  readonly ended: Promise<unknown>;
  readonly files: NodeFiles;
}

interface Held {
  readonly of: RemoteAttempt;
  readonly files: NodeFiles;
  readonly settings: BundleSettings;
}

function urlOf({ id, lease }: LeaseParams): string {
  return `${base}/nodes/${encodeURIComponent(id)}/leases/${encodeURIComponent(lease)}`;
}

/** @throws `missing` where there is no such file */
function sendNamed(reply: FastifyReply, path: string, file: Readable | undefined, missing: TaskRouterError): FastifyReply {
  if (file === undefined) throw missing;
  attachment(reply, path.slice(path.lastIndexOf('/') + 1), 'application/octet-stream');
  return sendFile(reply, file);
}

const noParentFiles = new TaskRouterError('files_gone', 'That task did not complete, left no such files, or they were removed.');
const noInput = new TaskRouterError('files_gone', 'The files of this task are gone. Report the attempt as failed.');
