/**
 * A receiver of GitHub's and GitLab's webhooks: what an HTTP request means ({@link
 * io.prefstream.feeds.webhook.WebhookReceiver}) and the server around it. Knows no Kafka; where
 * events go is a parameter.
 */
@NullMarked
package io.prefstream.feeds.webhook;

import org.jspecify.annotations.NullMarked;
